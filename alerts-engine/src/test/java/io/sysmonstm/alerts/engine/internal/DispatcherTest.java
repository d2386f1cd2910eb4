package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Actor;
import io.sysmonstm.spi.Notice;
import java.time.Duration;
import java.util.HashSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** When people are told of what, and with what else. */
class DispatcherTest {
  private final Dispatching desk = new Dispatching();

  @Test
  void tellsTheNewsOfOneRuleTogether() throws Exception {
    desk.fire("busy", "m1");
    desk.pass(Duration.ofSeconds(8));
    desk.fire("busy", "m2");
    desk.fire("full", "m1");
    desk.pass(Duration.ofSeconds(1));
    assertThat(desk.told()).isEmpty();
    desk.pass(Duration.ofSeconds(1));
    assertThat(desk.told()).containsExactly("FIRED busy m1, FIRED busy m2");
    desk.pass(Duration.ofSeconds(10));
    assertThat(desk.told()).containsExactly("FIRED full m1");
    desk.pass(Duration.ofMinutes(1));
    assertThat(desk.told()).isEmpty();
  }

  @Test
  void tellsOnceWhatFiresAndResolvesMeanwhile() throws Exception {
    var alert = desk.fire("busy", "m1");
    desk.pass(Duration.ofSeconds(4));
    desk.resolve(alert);
    desk.pass(Duration.ofMinutes(1));
    assertThat(desk.told()).containsExactly("FIRED busy m1, RESOLVED busy m1");
  }

  @Test
  void keepsTheOrderWhereTheFirstNewsCouldNotBeTold() throws Exception {
    desk.failures = 6;
    var alert = desk.fire("busy", "m1");
    desk.pass(Duration.ofSeconds(20));
    desk.resolve(alert);
    desk.pass(Duration.ofMinutes(5));
    assertThat(desk.told()).containsExactly("FIRED busy m1, RESOLVED busy m1");
    assertThat(desk.counted("alerts_notification_failures_total")).isEqualTo(6);
  }

  @Test
  void repeatsWhatStillFiresUntilItIsAcknowledged() throws Exception {
    var alert = desk.fire("busy", "m1");
    var other = desk.fire("busy", "m2");
    desk.pass(Duration.ofSeconds(10));
    var first = desk.notices.getFirst().key();
    desk.told();
    desk.pass(Dispatching.REPEAT);
    assertThat(desk.notices.getFirst().key()).isNotEqualTo(first);
    assertThat(desk.told()).containsExactly("REPEATED busy m1, REPEATED busy m2");
    desk.store.acknowledge(alert.id(), Actor.within("ada"));
    desk.pass(Dispatching.REPEAT);
    assertThat(desk.told()).containsExactly("REPEATED busy m2");
    desk.resolve(alert);
    desk.resolve(other);
    desk.pass(Dispatching.REPEAT.multipliedBy(2));
    assertThat(desk.told()).containsExactly("RESOLVED busy m1, RESOLVED busy m2");
  }

  @Test
  void triesAgainUnderTheSameKeyAndLaterEachTime() throws Exception {
    var keys = new HashSet<String>();
    var attempts = new int[1];
    var failing =
        new Dispatcher(
            "pager",
            notice -> {
              keys.add(notice.key());
              attempts[0]++;
              throw new IllegalStateException("the pager is off");
            },
            desk.context("engine-2"));
    desk.fire("busy", "m1");
    desk.fire("busy", "m2");
    for (int second = 0; second < 3600; second++) {
      desk.time.advance(Duration.ofSeconds(1));
      failing.turn();
    }
    assertThat(keys).hasSize(1);
    assertThat(attempts[0]).isBetween(16, 40);
    assertThat(failing.health().isOk()).isFalse();
    // Another engine tells it when its notifier works.
    desk.pass(Duration.ofMinutes(6));
    assertThat(desk.notices).extracting(Notice::key).containsExactlyElementsOf(keys);
  }

  @Test
  void givesUpAfterADay() throws Exception {
    desk.failures = Integer.MAX_VALUE;
    desk.fire("busy", "m1");
    desk.pass(Duration.ofHours(22));
    assertThat(desk.counted("alerts_notifications_dropped_total")).isZero();
    desk.pass(Duration.ofHours(8));
    assertThat(desk.counted("alerts_notifications_dropped_total")).isEqualTo(1);
    desk.failures = 0;
    desk.pass(Duration.ofMinutes(10));
    assertThat(desk.told()).isEmpty();
  }

  @Test
  void sendsADigestWhereThereAreTooManyMessages() throws Exception {
    for (int alert = 0; alert < 400; alert++) {
      desk.fire("rule-" + alert % 40, "m" + alert / 40);
    }
    desk.pass(Duration.ofSeconds(10));
    assertThat(desk.notices).hasSize(30);
    assertThat(desk.notices.getLast().rule()).as("of several").isEmpty();
    assertThat(desk.told().getLast()).endsWith(" +10");
    desk.fire("later", "m1");
    desk.fire("latest", "m1");
    desk.pass(Duration.ofSeconds(49));
    assertThat(desk.told()).as("no more in that minute").isEmpty();
    desk.pass(Duration.ofSeconds(12));
    assertThat(desk.told()).containsExactlyInAnyOrder("FIRED later m1", "FIRED latest m1");
  }

  @Test
  void splitsWhatDoesNotFitIntoOneMessage() throws Exception {
    var machines = new HashSet<String>();
    for (int machine = 0; machine < 250; machine++) {
      machines.add(desk.fire("everywhere", "m" + machine).machineId());
    }
    desk.pass(Duration.ofSeconds(10));
    assertThat(desk.notices)
        .extracting(notice -> notice.items().size())
        .containsExactly(100, 100, 50);
    assertThat(
            desk.notices.stream()
                .flatMap(notice -> notice.items().stream())
                .map(item -> item.alert().machineId())
                .collect(Collectors.toSet()))
        .isEqualTo(machines);
  }

  @Test
  void tellsFromMemoryWhileTheStoreIsAwayAndNothingTwice() throws Exception {
    var before = desk.fire("busy", "m1");
    desk.pass(Duration.ofSeconds(2));
    desk.store.unavailable(true);
    desk.fire("full", "m1");
    desk.pass(Duration.ofSeconds(30));
    assertThat(desk.told()).containsExactly("FIRED busy m1", "FIRED full m1");
    desk.resolve(before);
    desk.pass(Duration.ofSeconds(30));
    assertThat(desk.told()).containsExactly("RESOLVED busy m1");
    desk.store.unavailable(false);
    desk.pass(Dispatching.REPEAT.plusMinutes(2));
    assertThat(desk.told()).containsExactly("REPEATED full m1");
  }

  @Test
  void goesOnWhereAnEngineWasKilled() throws Exception {
    var told = desk.fire("busy", "m1");
    desk.pass(Duration.ofSeconds(10));
    desk.fire("full", "m1");
    assertThat(desk.told()).containsExactly("FIRED busy m1");
    var next = new Dispatching(desk.store, desk.time);
    next.pass(Duration.ofSeconds(20));
    assertThat(next.told()).containsExactly("FIRED full m1");
    next.resolve(told);
    next.pass(Duration.ofSeconds(10));
    assertThat(next.told()).containsExactly("RESOLVED busy m1");
  }

  @Test
  void saysThatANotifierDoesNotReturn() throws Exception {
    var healthy = new boolean[1];
    var hanging =
        new Dispatching(
            self -> {
              self.time.advance(Duration.ofSeconds(16));
              healthy[0] = self.dispatcher().health().isOk();
            });
    hanging.fire("busy", "m1");
    hanging.pass(Duration.ofSeconds(10));
    assertThat(healthy[0]).isFalse();
    assertThat(hanging.dispatcher().health().isOk()).isTrue();
  }
}
