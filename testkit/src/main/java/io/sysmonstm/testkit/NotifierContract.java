package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Severity;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Notification.Kind;
import io.sysmonstm.spi.Notifier;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Notifier} promises. Extend it, and say how to make one and how to see what it
 * told.
 */
public abstract class NotifierContract {
  private Notifier notifier = notice -> {};

  /** For subclasses. */
  protected NotifierContract() {}

  /**
   * {@return a notifier that tells a fresh far end}
   *
   * @throws Exception where it cannot be made
   */
  protected abstract Notifier createNotifier() throws Exception;

  /** {@return what reached the far end so far, one text for each notification, in order} */
  protected abstract List<String> delivered();

  /**
   * Makes the far end refuse or not answer, or work again.
   *
   * @param works whether it works
   * @return whether the notifier has a far end that can fail
   */
  protected boolean farEndWorks(boolean works) {
    return false;
  }

  /** Makes the notifier. */
  @BeforeEach
  void open() throws Exception {
    notifier = createNotifier();
  }

  /** Closes the notifier. */
  @AfterEach
  void close() {
    notifier.close();
  }

  /** What is told. */
  @Nested
  @DisplayName("delivery")
  class Delivery {
    /** Made by JUnit. */
    Delivery() {}

    @Test
    void tellsThatAnAlertFired() throws Exception {
      notifier.notify(notice("a-1", "m1 / is 95 % full", Kind.FIRED));

      assertThat(delivered()).singleElement().asString().contains("m1 / is 95 % full");
    }

    @Test
    void tellsThatAnAlertResolved() throws Exception {
      notifier.notify(notice("a-1", "m1 / is 95 % full", Kind.FIRED));
      notifier.notify(notice("a-1", "m1 / is 70 % full", Kind.RESOLVED));

      assertThat(delivered()).hasSize(2);
      assertThat(delivered().getLast()).contains("m1 / is 70 % full");
    }

    @Test
    void tellsApartWhatFiredAndWhatResolved() throws Exception {
      notifier.notify(notice("a-1", "the same text", Kind.FIRED));
      notifier.notify(notice("a-1", "the same text", Kind.RESOLVED));

      assertThat(delivered()).doesNotHaveDuplicates();
    }

    @Test
    void namesRuleAndMachine() throws Exception {
      notifier.notify(notice("a-1", "full", Kind.FIRED));

      assertThat(delivered()).singleElement().asString().contains("disk-filling", "m1");
    }

    @Test
    void tellsOfAllAlertsOfANotice() throws Exception {
      notifier.notify(
          new Notice(
              "k",
              List.of(
                  item("a-1", "the first is full", Kind.FIRED),
                  item("a-2", "the second is full", Kind.REPEATED),
                  item("a-3", "the third is over", Kind.RESOLVED)),
              0));

      assertThat(String.join(" ", delivered()))
          .contains("the first is full", "the second is full", "the third is over");
    }

    @Test
    void takesTheSameNoticeAgain() throws Exception {
      var notice = notice("a-1", "full", Kind.FIRED);
      notifier.notify(notice);
      notifier.notify(notice);

      assertThat(delivered()).isNotEmpty();
    }
  }

  /** Names and labels come from machines, which may be anybody's. */
  @Nested
  @DisplayName("hostile text")
  class HostileText {
    /** Made by JUnit. */
    HostileText() {}

    @Test
    void staysOneNotification() throws Exception {
      notifier.notify(notice("a-1", "line\nbreak \"quote\" {{x}} ${jndi:x} <b> ü 🔥", Kind.FIRED));
      notifier.notify(notice("a-2", "next", Kind.FIRED));

      assertThat(delivered()).hasSize(2);
    }
  }

  /** Those without a far end of their own cannot fail, and tell at once. */
  @Nested
  @DisplayName("a far end that fails")
  class Failure {
    /** Made by JUnit. */
    Failure() {}

    @Test
    void isReportedAndCanBeTriedAgain() throws Exception {
      var notice = notice("a-1", "full", Kind.FIRED);
      if (farEndWorks(false)) {
        assertThatThrownBy(() -> notifier.notify(notice)).isInstanceOf(Exception.class);
        farEndWorks(true);
      }
      notifier.notify(notice);

      assertThat(delivered().getLast()).contains("full");
    }
  }

  /**
   * {@return news of a full disk of machine {@code m1}, with a top process}
   *
   * @param id the alert's id
   * @param message its message
   * @param kind what is told
   */
  protected static Notice notice(String id, String message, Kind kind) {
    return new Notice(id + "-" + kind, List.of(item(id, message, kind)), 0);
  }

  /**
   * {@return one alert of a notice}
   *
   * @param id the alert's id
   * @param message its message
   * @param kind what is told
   */
  protected static Notice.Item item(String id, String message, Kind kind) {
    var at = Instant.parse("2026-01-01T00:00:00Z");
    boolean resolved = kind == Kind.RESOLVED;
    var alert =
        Alert.builder(id, "disk-filling", "m1")
            .severity(Severity.CRITICAL)
            .state(resolved ? AlertState.RESOLVED : AlertState.FIRING)
            .metric("disk_percent")
            .labels(Labels.of("mount", "/"))
            .value(95)
            .threshold(90)
            .startedAt(at)
            .firedAt(at)
            .message(message)
            .processes(List.of(new TopProcess(7, "java", "app", 380, 3L << 30)));
    return new Notice.Item((resolved ? alert.resolvedAt(at.plusSeconds(60)) : alert).build(), kind);
  }
}
