package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Silence;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.Notification.Kind;
import io.sysmonstm.spi.OwedNotification;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several engines that share what is owed, by the clock of the server. */
class NotificationOutboxIT {
  private static final Duration LEASE = Duration.ofSeconds(30);

  private static PostgresServer server;

  // Years off: nothing here may go by the clocks of the engines.
  private final ManualTime time = new ManualTime(Instant.parse("2001-01-01T00:00:00Z"));
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private TestContext context;
  private String url;
  private TimescaleAlertStore one;
  private TimescaleAlertStore other;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void open(@TempDir Path directory) {
    context = new TestContext(time, directory);
    url = server.createDatabase();
    one = TimescaleAlertStore.builder(context, url).maxResolved(10).build();
    other = TimescaleAlertStore.builder(context, url).build();
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
    context.close();
  }

  @Test
  void givesEachNotificationToOneOfManyWhoClaimAtOnce() throws Exception {
    for (int i = 0; i < 60; i++) {
      one.save(firing("a-" + i), List.of(due("a-" + i, Kind.FIRED), due("a-" + i, Kind.REPEATED)));
    }
    tellAllInParallel(6);

    assertThat(told).hasSize(120).doesNotHaveDuplicates();
    assertThat(rows("alert_notifications")).isZero();
  }

  @Test
  void losesNothingAndKeepsTheOrderWhereSomeSaveWhileOthersClaimAndSettle() throws Exception {
    var saving =
        context
            .executor()
            .submit(
                () -> {
                  for (int i = 0; i < 60; i++) {
                    one.save(firing("a-" + i), List.of(due("a-" + i, Kind.FIRED)));
                    other.save(resolved("a-" + i), List.of(due("a-" + i, Kind.RESOLVED)));
                  }
                });
    while (!saving.isDone()) {
      tellAllInParallel(3);
    }
    saving.get();
    tellAllInParallel(1);

    assertThat(told).hasSize(120).doesNotHaveDuplicates();
    for (int i = 0; i < 60; i++) {
      assertThat(told.indexOf("a-" + i + " FIRED"))
          .isLessThan(told.indexOf("a-" + i + " RESOLVED"));
    }
  }

  @Test
  void endsALeaseByTheClockOfTheServer() {
    one.save(firing("a-1"), List.of(due("a-1", Kind.FIRED)));
    assertThat(one.claim("ops", "dead", Duration.ofMillis(300), 10)).hasSize(1);
    assertThat(other.claim("ops", "next", LEASE, 10)).isEmpty();

    Eventually.until(
        "is given to the next", () -> !other.claim("ops", "next", LEASE, 10).isEmpty());
    time.advance(Duration.ofDays(1));
    assertThat(one.claim("ops", "dead", LEASE, 10)).isEmpty();
  }

  @Test
  void keepsALeaseOfAProcessThatStartsAnewUnderAnotherName() {
    one.save(firing("a-1"), List.of(due("a-1", Kind.FIRED)));
    assertThat(one.claim("ops", "before", LEASE, 10)).hasSize(1);
    one.close();
    one = TimescaleAlertStore.builder(context, url).build();

    assertThat(one.claim("ops", "after", LEASE, 10)).isEmpty();
  }

  @Test
  void leavesWhatSomebodySettlesToTheNextClaimInsteadOfWaiting() throws Exception {
    one.save(firing("a-1"), List.of(due("a-1", Kind.FIRED)));
    one.save(firing("a-2"), List.of(due("a-2", Kind.FIRED)));
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("UPDATE alert_notifications SET attempts = 1 WHERE alert_id = 'a-1'");

      assertThat(ids(other.claim("ops", "me", LEASE, 10))).containsExactly("a-2");
      connection.rollback();
    }
    assertThat(ids(other.claim("ops", "me", LEASE, 10))).containsExactly("a-1", "a-2");
  }

  @Test
  void owesNothingOfAnAlertThatGoesOnUnderAnotherId() {
    one.save(firing("old"), List.of(due("old", Kind.FIRED), due("old", Kind.REPEATED)));
    other.save(
        Alert.builder("new", "rule-old", "m").startedAt(time.instant()).build(),
        List.of(due("new", Kind.FIRED)));

    assertThat(ids(one.claim("ops", "me", LEASE, 10))).containsExactly("new");
  }

  @Test
  void owesNothingOfAlertsThatWerePruned() {
    for (int i = 0; i <= 130; i++) {
      time.advance(Duration.ofSeconds(1));
      one.save(resolved("a-" + i), List.of(due("a-" + i, Kind.RESOLVED)));
    }

    assertThat(rows("alert_notifications")).isEqualTo(rows("alerts")).isBetween(10L, 110L);
  }

  @Test
  void deletesSilencesThatAreOver() throws Exception {
    var past =
        new Silence(
            "s",
            Map.of("machine", "m"),
            Instant.EPOCH,
            Instant.EPOCH.plusSeconds(1),
            Optional.empty(),
            "me",
            "");
    one.putSilence(past, Actor.within("ada"));
    one.putSilence(past, Actor.within("ada"));

    assertThat(one.silences()).isEmpty();
    assertThat(rows("alert_silences")).isOne();
  }

  private void tellAllInParallel(int claimers) throws Exception {
    var tasks = new ArrayList<Callable<Boolean>>();
    for (int i = 0; i < claimers; i++) {
      var store = i % 2 == 0 ? one : other;
      var by = "claimer-" + i;
      tasks.add(
          () -> {
            tellAll(store, by);
            return true;
          });
    }
    for (var task : context.executor().invokeAll(tasks)) {
      task.get();
    }
  }

  /** Claims and settles until nothing is left. */
  private void tellAll(TimescaleAlertStore store, String by) {
    var claimed = store.claim("ops", by, LEASE, 7);
    while (!claimed.isEmpty()) {
      var notifications = claimed.stream().map(OwedNotification::notification).toList();
      notifications.forEach(owed -> told.add(owed.alertId() + " " + owed.kind()));
      store.settle(notifications, List.of());
      claimed = store.claim("ops", by, LEASE, 7);
    }
  }

  private long rows(String table) {
    return PostgresServer.askNumber(url, "SELECT count(*) FROM " + table);
  }

  private static List<String> ids(List<OwedNotification> owed) {
    return owed.stream().map(one -> one.alert().id()).toList();
  }

  private Alert firing(String id) {
    return Alert.builder(id, "rule-" + id, "m")
        .startedAt(time.instant())
        .state(AlertState.FIRING)
        .firedAt(time.instant())
        .build();
  }

  private Alert resolved(String id) {
    return firing(id).toBuilder().state(AlertState.RESOLVED).resolvedAt(time.instant()).build();
  }

  private Notification due(String id, Kind kind) {
    return new Notification(id, "ops", kind, time.instant(), 0);
  }
}
