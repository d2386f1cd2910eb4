package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Operator;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Severity;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimescaleAlertStoreIT {
  private static PostgresServer server;

  private final ManualTime time = new ManualTime();
  private TestContext context;
  private String url;
  private TimescaleAlertStore engine;
  private TimescaleAlertStore gateway;

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
    engine = TimescaleAlertStore.builder(context, url).maxResolved(10).build();
    gateway = TimescaleAlertStore.builder(context, url).build();
  }

  @AfterEach
  void close() {
    engine.close();
    gateway.close();
    context.close();
  }

  @Test
  void showsEachProcessWhatTheOthersWrote() {
    engine.save(alert("1").build());
    long before = engine.revision();
    gateway.acknowledge("1", Actor.within("me"));
    gateway.putRule(rule("one", Rule.Origin.API, 80), Actor.within("me"));

    assertThat(engine.revision()).isEqualTo(before + 2);
    assertThat(engine.rules()).containsExactly(rule("one", Rule.Origin.API, 80));
    assertThat(engine.save(firing("1")).acknowledgedBy()).contains("me");
  }

  @Test
  void endsAnOpenAlertWhoseIdentityIsSavedUnderAnotherId() {
    var labels = Labels.of(Map.of("mount", "/", "text", "x".repeat(4000)));
    engine.save(alert("old").labels(labels).build());
    engine.save(alert("else").labels(Labels.of("mount", "/home")).build());
    time.advance(Duration.ofMinutes(1));

    gateway.save(alert("new").labels(labels).build());

    assertThat(ids(AlertQuery.in(AlertState.PENDING))).containsExactlyInAnyOrder("new", "else");
    assertThat(engine.alerts(AlertQuery.in(AlertState.RESOLVED)))
        .singleElement()
        .satisfies(
            old -> {
              assertThat(old.resolvedAt()).contains(time.instant());
              assertThat(old.message()).isEqualTo("goes on as alert new");
            });
  }

  @Test
  void leavesOneOpenAlertWhereManyAreSavedAtOnce() throws Exception {
    inParallel(
        IntStream.range(0, 20)
            .<Callable<Alert>>mapToObj(
                i -> () -> (i % 2 == 0 ? engine : gateway).save(alert("id-" + i).build()))
            .toList());

    assertThat(ids(AlertQuery.in(AlertState.PENDING))).hasSize(1);
    assertThat(ids(AlertQuery.all())).hasSize(20);
  }

  @Test
  void refusesASecondOpenAlertFromOthersThanItself() {
    engine.save(alert("1").build());

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                PostgresServer.execute(
                    url, "INSERT INTO alerts SELECT '2', " + columnsWithoutId() + " FROM alerts"))
        .havingCause()
        .withMessageContaining("alerts_open");
  }

  @Test
  void keepsTheFirstOfTwoWhoAcknowledge() {
    engine.save(alert("1").build());
    engine.acknowledge("1", Actor.within("first"));
    long before = engine.revision();

    assertThat(gateway.acknowledge("1", Actor.within("second")).acknowledgedBy()).contains("first");
    assertThat(engine.save(alert("1").acknowledgedBy("third").build()).acknowledgedBy())
        .contains("first");
    assertThat(engine.revision()).isEqualTo(before);
  }

  @Test
  void countsAnAcknowledgementThatIsSaved() {
    long before = engine.revision();
    engine.save(alert("1").acknowledgedBy("me").build());

    assertThat(engine.revision()).isGreaterThan(before);
  }

  @Test
  void showsNoRevisionBeforeAllChangesUpToIt() throws Exception {
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("UPDATE alert_revision SET number = number + 1");
      long seen = gateway.revision();
      var later =
          context
              .executor()
              .submit(() -> gateway.putRule(rule("one", Rule.Origin.API, 1), Actor.within("me")));
      Eventually.until("waits for the first", () -> waiting() == 1);
      assertThat(engine.revision()).isEqualTo(seen);
      assertThat(engine.rules()).isEmpty();
      connection.commit();
      later.get();
      assertThat(engine.revision()).isEqualTo(seen + 2);
    }
  }

  @Test
  void losesNoChangeToAReaderThatLooksOnlyWhenTheRevisionGrew() throws Exception {
    var writers = new ArrayList<Callable<Object>>();
    for (int i = 0; i < 40; i++) {
      var store = i % 2 == 0 ? engine : gateway;
      var rule = rule("rule-" + i, Rule.Origin.API, i);
      writers.add(
          () -> {
            store.putRule(rule, Actor.within("me"));
            return rule;
          });
    }
    var reading =
        context
            .executor()
            .submit(
                () -> {
                  long known = -1;
                  while (known < 40) {
                    long revision = gateway.revision();
                    if (revision != known) {
                      known = revision;
                      assertThat(gateway.rules()).hasSizeGreaterThanOrEqualTo((int) revision);
                    }
                  }
                  return known;
                });
    inParallel(writers);

    assertThat(reading.get()).isEqualTo(40);
  }

  @Test
  void doesNotLetTwoProcessesPutARuleOfTheSameNameInFileAndApi() throws Exception {
    for (int i = 0; i < 10; i++) {
      var name = "rule-" + i;
      var put =
          context
              .executor()
              .submit(() -> gateway.putRule(rule(name, Rule.Origin.API, 1), Actor.within("me")));
      engine.replaceFileRules(List.of(rule(name, Rule.Origin.FILE, 2)));
      outcome(put);

      assertThat(engine.rules())
          .filteredOn(rule -> rule.name().equals(name))
          .containsExactly(rule(name, Rule.Origin.FILE, 2));
    }
  }

  @Test
  void forgetsTheOldestResolvedAlertsBeyondTheBoundAndNoOpenOne() {
    engine.save(alert("open").build());
    for (int i = 0; i <= 130; i++) {
      time.advance(Duration.ofSeconds(1));
      engine.save(resolved("resolved-" + i));
    }

    assertThat(ids(AlertQuery.all())).contains("open", "resolved-130").doesNotContain("resolved-0");
    assertThat(ids(AlertQuery.all())).hasSizeBetween(11, 111);
  }

  @Test
  void forgetsResolvedAlertsAfterNinetyDays() {
    engine.save(resolved("old"));
    time.advance(Duration.ofDays(91));
    for (int i = 0; i < 100; i++) {
      engine.save(resolved("new"));
    }

    assertThat(ids(AlertQuery.all())).containsExactly("new");
  }

  @Test
  void hidesARuleOfTheApiWhileTheFileHasOneOfItsName() {
    gateway.putRule(rule("one", Rule.Origin.API, 80), Actor.within("me"));
    engine.replaceFileRules(List.of(rule("one", Rule.Origin.FILE, 90)));
    assertThat(gateway.rules()).containsExactly(rule("one", Rule.Origin.FILE, 90));

    engine.replaceFileRules(List.of());
    assertThat(gateway.rules()).containsExactly(rule("one", Rule.Origin.API, 80));
  }

  @Test
  void doesNotCountFileRulesThatAreTheSameAsAChange() {
    engine.replaceFileRules(List.of(rule("one", Rule.Origin.FILE, 90)));
    long before = engine.revision();

    engine.replaceFileRules(List.of(rule("one", Rule.Origin.FILE, 90)));

    assertThat(engine.revision()).isEqualTo(before);
  }

  @Test
  void leavesOutAStoredRuleThatCannotBeRead() {
    engine.putRule(rule("one", Rule.Origin.API, 80), Actor.within("me"));
    engine.putRule(rule("two", Rule.Origin.API, 80), Actor.within("me"));
    PostgresServer.execute(
        url, "UPDATE alert_rules SET definition = '{\"name\":\"one\"}' WHERE name = 'one'");

    assertThat(engine.rules()).containsExactly(rule("two", Rule.Origin.API, 80));
  }

  @Test
  void storesWhatPostgresDoesNotKnow() {
    var odd = "a\0b\ud800c";
    var saved =
        engine.save(
            alert("1")
                .value(Double.NaN)
                .threshold(Double.NEGATIVE_INFINITY)
                .message(odd)
                .acknowledgedBy(odd)
                .startedAt(Instant.MIN)
                .processes(List.of(new TopProcess(1, odd, odd, 1, 1)))
                .build());

    assertThat(saved.value()).isNaN();
    assertThat(saved.threshold()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(saved.message()).isEqualTo("a\ufffdb\ufffdc");
    assertThat(saved.processes().getFirst().name()).isEqualTo("a\ufffdb\ufffdc");
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> engine.acknowledge(odd, Actor.within("me")))
        .matches(refused -> refused.code() == ErrorCode.NOT_FOUND);
    assertThat(
            ids(
                new AlertQuery(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(Instant.MIN),
                    Optional.of(Instant.MAX))))
        .containsExactly("1");
  }

  @Test
  void doesNotTakeAnAlertThatTheServerRefusesForAnOutage() {
    PostgresServer.execute(url, "ALTER TABLE alerts ADD CHECK (message <> 'refuse me')");

    assertThatExceptionOfType(SysmonstmException.class)
        .isThrownBy(() -> engine.save(alert("1").message("refuse me").build()))
        .isNotInstanceOf(StoreUnavailableException.class)
        .matches(failure -> failure.code() == ErrorCode.INTERNAL);
    engine.save(alert("1").build());
    assertThat(engine.health().isOk()).isTrue();
  }

  @Test
  void saysThatTheServerIsAwayAndGoesOnWhenItIsBack() {
    server.stop();
    try {
      assertThatExceptionOfType(StoreUnavailableException.class)
          .isThrownBy(() -> engine.save(alert("1").build()));
      Eventually.until("not healthy", () -> !engine.health().isOk());
    } finally {
      server.start();
    }
    Eventually.until("healthy", () -> engine.health().isOk());
    engine.save(alert("1").build());
    assertThat(ids(AlertQuery.all())).containsExactly("1");
  }

  private long waiting() {
    return PostgresServer.askNumber(
        url,
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()");
  }

  private String columnsWithoutId() {
    return PostgresServer.ask(
            url,
            "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'alerts' AND column_name <> 'id'")
        .getFirst()
        .orElseThrow();
  }

  private <T> void inParallel(List<Callable<T>> tasks) throws Exception {
    for (var task : context.executor().invokeAll(tasks)) {
      task.get();
    }
  }

  /** Waits for a change that may be refused, because the file was quicker. */
  private static void outcome(Future<?> change) throws Exception {
    try {
      change.get();
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(RequestException.class);
    }
  }

  private List<String> ids(AlertQuery query) {
    return engine.alerts(query).stream().map(Alert::id).toList();
  }

  private Alert.Builder alert(String id) {
    return Alert.builder(id, "a-rule", "a").startedAt(time.instant());
  }

  private Alert firing(String id) {
    return alert(id).state(AlertState.FIRING).firedAt(time.instant()).build();
  }

  private Alert resolved(String id) {
    return alert(id).state(AlertState.RESOLVED).resolvedAt(time.instant()).build();
  }

  private static Rule rule(String name, Rule.Origin origin, double threshold) {
    return new Rule(
        name,
        new Rule.Threshold("cpu_percent", Operator.GT, threshold, threshold),
        Map.of(),
        Duration.ZERO,
        Severity.WARNING,
        Optional.empty(),
        origin);
  }
}
