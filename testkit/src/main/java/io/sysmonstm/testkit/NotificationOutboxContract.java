package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.Notification.Kind;
import io.sysmonstm.spi.OwedNotification;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a store does with the notifications that people are owed. */
abstract class NotificationOutboxContract extends SilencesContract {
  private static final Duration LEASE = Duration.ofSeconds(30);

  @Nested
  class OwedNotifications {
    @Test
    void comeWithTheirAlertAlsoFromAStoreOpenedAnew() {
      var alert = fired("1", "a", 0);
      store.save(alert, List.of(due("1", Kind.FIRED, 0).failed(time.instant())));
      reopen();

      assertThat(claim("me"))
          .singleElement()
          .satisfies(
              owed -> {
                assertThat(owed.notification())
                    .isEqualTo(new Notification("1", "ops", Kind.FIRED, time.instant(), 1));
                assertThat(owed.alert().id()).isEqualTo("1");
                assertThat(owed.alert().state()).isEqualTo(AlertState.FIRING);
                assertThat(owed.alert().firedAt()).isEqualTo(alert.firedAt());
              });
    }

    @Test
    void comeWithTheAlertAsItIsNow() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 0)));
      store.acknowledge("1", Actor.within("somebody"));
      store.save(resolved("1", "a", 0, 60));

      assertThat(claim("me").getFirst().alert())
          .returns(AlertState.RESOLVED, Alert::state)
          .satisfies(alert -> assertThat(alert.acknowledgedBy()).contains("somebody"));
    }

    @Test
    void areForOneNotifierOnly() {
      var forOthers = new Notification("1", "others", Kind.FIRED, time.instant(), 0);
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 0), forOthers));

      assertThat(claim("me"))
          .extracting(owed -> owed.notification().notifier())
          .containsOnly("ops");
      assertThat(store.claim("others", "somebody", LEASE, 10)).hasSize(1);
      assertThat(store.claim("nobody", "somebody", LEASE, 10)).isEmpty();
    }

    @Test
    void thatAreOwedAlreadyStayAsTheyAre() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, -10)));
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 3600)));

      assertThat(claim("me"))
          .extracting(OwedNotification::notification)
          .containsExactly(due("1", Kind.FIRED, -10));
    }

    @Test
    void areNotGivenBeforeTheyAreDue() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.REPEATED, 60)));

      time.advance(Duration.ofSeconds(59));
      assertThat(claim("me")).isEmpty();
      time.advance(Duration.ofSeconds(1));
      assertThat(claim("me")).hasSize(1);
    }

    @Test
    void ofTheAlertThatWaitedLongestComeFirst() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, -1)));
      store.save(fired("2", "b", 0), List.of(due("2", Kind.FIRED, -3)));
      store.save(fired("3", "c", 0), List.of(due("3", Kind.FIRED, -2)));

      assertThat(kinds(store.claim("ops", "me", LEASE, 2))).containsExactly("2 FIRED", "3 FIRED");
    }

    @Test
    void bringThoseOfTheSameAlertThatAreDueLater() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 60)));
      store.save(resolved("1", "a", 0, 9), List.of(due("1", Kind.RESOLVED, 0)));
      store.save(fired("2", "b", 0), List.of(due("2", Kind.FIRED, 60)));

      assertThat(kinds(claim("me"))).containsExactly("1 FIRED", "1 RESOLVED");
    }

    @Test
    void areNoMoreThanWereAskedFor() {
      for (int i = 0; i < 7; i++) {
        store.save(fired("" + i, "m" + i, 0), List.of(due("" + i, Kind.FIRED, i - 60)));
      }

      assertThat(store.claim("ops", "one", LEASE, 3)).hasSize(3);
      assertThat(store.claim("ops", "two", LEASE, 3)).hasSize(3);
      assertThat(kinds(store.claim("ops", "three", LEASE, 3))).containsExactly("6 FIRED");
    }

    @Test
    void ofAResolvedAlertAreNoRepetitions() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 0), due("1", Kind.REPEATED, 60)));
      store.save(resolved("1", "a", 0, 60), List.of(due("1", Kind.RESOLVED, 0)));

      assertThat(kinds(claim("me"))).containsExactly("1 FIRED", "1 RESOLVED");
    }

    @Test
    void areNotAddedWhereAnOldStateOfAResolvedAlertIsSaved() {
      store.save(resolved("1", "a", 0, 60));
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 0)));

      assertThat(claim("me")).isEmpty();
    }

    @Test
    void goWithAnAlertThatIsForgotten() {
      store.save(pending("1", "a", 0), List.of(due("1", Kind.FIRED, 0)));
      store.forget("1");
      assertThat(claim("me")).isEmpty();

      store.save(pending("1", "a", 0));
      assertThat(claim("me")).isEmpty();
    }
  }

  @Nested
  class Leases {
    @Test
    void keepOthersFromNotifications() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 0)));
      assertThat(claim("me")).hasSize(1);

      assertThat(claim("other")).isEmpty();
      assertThat(claim("me")).as("whoever has it may ask again").hasSize(1);
    }

    @Test
    void keepOthersFromLaterNewsOfTheSameAlert() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 0)));
      assertThat(claim("me")).hasSize(1);
      store.save(resolved("1", "a", 0, 60), List.of(due("1", Kind.RESOLVED, 0)));

      assertThat(claim("other")).isEmpty();
      store.settle(List.of(due("1", Kind.FIRED, 0)), List.of());
      assertThat(kinds(claim("other"))).containsExactly("1 RESOLVED");
    }

    @Test
    void thatAreOverLoseNotificationsToTheNext() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 0)));
      assertThat(claim("dead")).hasSize(1);

      time.advance(LEASE.minusMillis(1));
      assertThat(claim("next")).isEmpty();
      time.advance(Duration.ofMillis(1));
      assertThat(claim("next")).hasSize(1);
      assertThat(claim("dead")).isEmpty();
    }

    @Test
    void endWithWhatIsTold() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 0)));
      var owed = claim("me").getFirst().notification();
      store.settle(List.of(owed), List.of());
      store.settle(List.of(owed), List.of());

      time.advance(LEASE);
      assertThat(claim("other")).isEmpty();
      reopen();
      assertThat(claim("other")).isEmpty();
    }

    @Test
    void endWithWhatIsTriedAgainLater() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 0)));
      var owed = claim("me").getFirst().notification();
      var later = owed.failed(time.instant().plusSeconds(5));
      store.settle(List.of(), List.of(later));

      assertThat(claim("other")).isEmpty();
      time.advance(Duration.ofSeconds(5));
      reopen();
      assertThat(claim("other")).extracting(OwedNotification::notification).containsExactly(later);
    }

    @Test
    void endWithTheRepetitionThatFollows() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 0)));
      var first = claim("me").getFirst().notification();
      store.settle(List.of(first), List.of(due("1", Kind.REPEATED, 60)));
      time.advance(Duration.ofSeconds(60));
      var second = claim("me").getFirst().notification();
      store.settle(List.of(second), List.of(second.postponed(time.instant().plusSeconds(60))));

      assertThat(claim("me")).isEmpty();
      time.advance(Duration.ofSeconds(60));
      assertThat(kinds(claim("other"))).containsExactly("1 REPEATED");
    }

    @Test
    void doNotEndWithRepetitionsOfAnAlertThatResolvedMeanwhile() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 0)));
      var owed = claim("me").getFirst().notification();
      store.save(resolved("1", "a", 0, 60), List.of(due("1", Kind.RESOLVED, 0)));
      store.settle(List.of(owed), List.of(due("1", Kind.REPEATED, 0)));

      assertThat(kinds(claim("me"))).containsExactly("1 RESOLVED");
    }

    @Test
    void endTogetherAlsoWhereAnAlertIsGone() {
      store.save(fired("1", "a", 0), List.of(due("1", Kind.FIRED, 0)));
      store.save(pending("2", "b", 0), List.of(due("2", Kind.FIRED, 0)));
      assertThat(claim("me")).hasSize(2);
      store.forget("2");
      store.settle(
          List.of(),
          List.of(due("1", Kind.FIRED, 0).failed(time.instant()), due("2", Kind.FIRED, 0)));

      assertThat(claim("other"))
          .extracting(OwedNotification::notification)
          .containsExactly(due("1", Kind.FIRED, 0).failed(time.instant()));
    }

    @Test
    void endWhereNothingIsGiven() {
      store.settle(List.of(), List.of());

      assertThat(claim("me")).isEmpty();
    }
  }

  private List<OwedNotification> claim(String by) {
    return store.claim("ops", by, LEASE, 100);
  }

  private Notification due(String alertId, Kind kind, long inSeconds) {
    return new Notification(alertId, "ops", kind, time.instant().plusSeconds(inSeconds), 0);
  }

  private static List<String> kinds(List<OwedNotification> owed) {
    return owed.stream()
        .map(one -> one.notification().alertId() + " " + one.notification().kind())
        .toList();
  }
}
