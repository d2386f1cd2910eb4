package io.sysmonstm.alerts.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.alerts.engine.internal.YamlRules;
import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.MachineForgotten;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.InMemoryAlertStore;
import io.sysmonstm.testkit.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertEngineTest {
  private static final String BUSY =
      "rules: [{name: busy, metric: cpu_percent, operator: gt, threshold: 90, clear: 80}]";
  private static final String HOT =
      "rules: [{name: hot, metric: cpu_temperature_celsius, operator: gt, threshold: 90}]";

  private final ManualTime time = new ManualTime();
  private final SeriesRegistry registry = new SeriesRegistry();
  private final InMemoryAlertStore store = new InMemoryAlertStore(time);
  private final SelfMetrics metrics = new SelfMetrics();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Recorder pager = new Recorder();
  private TestBus bus = new TestBus();
  private AlertEngine engine = engine(RuleSource.of(rules(BUSY)));
  private long seq;

  private static List<Rule> rules(String yaml) {
    return YamlRules.parse("test.yaml", StandardCharsets.UTF_8.encode(yaml));
  }

  private AlertEngine engine(RuleSource source) {
    return AlertEngine.builder(bus, bus, store, executor)
        .rules(source)
        .notifier("pager", pager)
        .time(time)
        .metrics(metrics)
        .groupWait(Duration.ZERO)
        .notificationRetry(Duration.ofMillis(1), Duration.ofMillis(2), 4)
        .pace(Duration.ofHours(1), Duration.ofMillis(1))
        .build();
  }

  @AfterEach
  void close() {
    engine.close();
    executor.shutdownNow();
  }

  private void restart(RuleSource source) {
    engine.close();
    bus = new TestBus();
    engine = engine(source);
    engine.start();
  }

  private void sample(String metric, double value) {
    time.advance(Duration.ofSeconds(1));
    bus.deliver(
        new BatchBuilder(registry, "m1", ++seq, time.instant()).sample(metric, value).event());
  }

  private Health health(String part) {
    return engine.readiness().parts().getOrDefault(part, Health.failing("not told"));
  }

  private void expect(String... changes) {
    Eventually.asserted(() -> assertThat(bus.changes()).containsExactly(changes));
  }

  @Test
  void storesPublishesAndNotifiesEachChange() {
    engine.start();
    sample("cpu_percent", 95);
    sample("cpu_percent", 20);
    expect("FIRED busy m1", "RESOLVED busy m1");
    Eventually.asserted(() -> assertThat(pager.told).containsExactly("FIRED", "RESOLVED"));
    assertThat(store.alerts(AlertQuery.all()))
        .singleElement()
        .satisfies(alert -> assertThat(alert.state()).isEqualTo(AlertState.RESOLVED));
    assertThat(engine.readiness().ready()).isTrue();
    assertThat(engine.readiness().degraded()).isFalse();
  }

  @Test
  void whatAForgottenMachineHadIsOver() {
    engine.start();
    sample("cpu_percent", 95);
    expect("FIRED busy m1");

    bus.deliver(new MachineForgotten("m1", time.instant()));

    expect("FIRED busy m1", "RESOLVED busy m1");
  }

  @Test
  void neitherFiresNorPagesAgainAfterARestartAndStillResolves() {
    engine.start();
    sample("cpu_percent", 95);
    expect("FIRED busy m1");
    restart(RuleSource.of(rules(BUSY)));
    sample("cpu_percent", 96);
    sample("cpu_percent", 10);
    expect("RESOLVED busy m1");
    Eventually.asserted(() -> assertThat(pager.told).containsExactly("FIRED", "RESOLVED"));
    assertThat(store.alerts(AlertQuery.all())).hasSize(1);
  }

  @Test
  void keepsAnAcknowledgement() {
    engine.start();
    sample("cpu_percent", 95);
    expect("FIRED busy m1");
    store.acknowledge(store.alerts(AlertQuery.all()).getFirst().id(), Actor.within("ada"));
    engine.refresh();
    sample("cpu_percent", 10);
    expect("FIRED busy m1", "RESOLVED busy m1");
    assertThat(bus.published().getLast().alert().acknowledgedBy()).contains("ada");
  }

  @Test
  void forgetsInTheStoreWhatNeverFired() {
    engine =
        engine(
            RuleSource.of(
                rules(
                    "rules: [{name: busy, metric: cpu_percent, operator: gt, threshold: 90, for: 1m}]")));
    engine.start();
    sample("cpu_percent", 95);
    expect("PENDING busy m1");
    assertThat(store.alerts(AlertQuery.in(AlertState.PENDING))).hasSize(1);
    sample("cpu_percent", 10);
    expect("PENDING busy m1", "CANCELLED busy m1");
    assertThat(store.alerts(AlertQuery.all())).isEmpty();
    assertThat(pager.told).isEmpty();
  }

  @Test
  void addsTheRulesOfTheApiAndFollowsThem() {
    engine.start();
    store.putRule(rules(HOT).getFirst().withOrigin(Rule.Origin.API), Actor.within("me"));
    engine.refresh();
    assertThat(engine.rules()).extracting(Rule::name).containsExactly("busy", "hot");
    assertThat(store.rules()).extracting(Rule::name).containsExactly("busy", "hot");
    sample("cpu_temperature_celsius", 99);
    expect("FIRED hot m1");
    store.deleteRule("hot", Actor.within("me"));
    engine.refresh();
    expect("FIRED hot m1", "RESOLVED hot m1");
    assertThat(engine.rules()).extracting(Rule::name).containsExactly("busy");
  }

  @Test
  void setsTheFileAboveTheApi() {
    store.putRule(
        rules(BUSY.replace("90", "10").replace("80", "5")).getFirst().withOrigin(Rule.Origin.API),
        Actor.within("me"));
    engine.start();
    assertThat(engine.rules()).isEqualTo(rules(BUSY));
  }

  @Test
  void takesANewVersionOfTheFileAndKeepsTheOldOneForABadOne(@TempDir Path directory)
      throws Exception {
    var file = Files.writeString(directory.resolve("rules.yaml"), BUSY);
    engine = engine(RulesFile.open(file, metrics));
    engine.start();
    sample("cpu_percent", 95);
    Files.writeString(file, BUSY.replace("gt", "above"));
    engine.refresh();
    sample("cpu_percent", 95);
    expect("FIRED busy m1");
    assertThat(engine.readiness().degraded()).isTrue();
    assertThat(health("rules").problem().orElse("")).contains("'above'");
    Files.writeString(file, HOT);
    engine.refresh();
    expect("FIRED busy m1", "RESOLVED busy m1");
    assertThat(store.rules()).extracting(Rule::name).containsExactly("hot");
    assertThat(engine.readiness().degraded()).isFalse();
  }

  @Test
  void tellsPeopleWhileTheStoreIsDownAndStoresWhenItIsBack() {
    engine.start();
    sample("cpu_percent", 20);
    Eventually.until(
        "the machine is known", () -> metrics.counter("alerts_samples_total", "").sum() == 1);
    store.unavailable(true);
    sample("cpu_percent", 95);
    expect("FIRED busy m1");
    Eventually.asserted(() -> assertThat(pager.told).containsExactly("FIRED"));
    sample("cpu_percent", 10);
    expect("FIRED busy m1", "RESOLVED busy m1");
    assertThat(health("alert_store").isOk()).isFalse();
    store.unavailable(false);
    Eventually.asserted(
        () ->
            assertThat(store.alerts(AlertQuery.all()))
                .singleElement()
                .satisfies(alert -> assertThat(alert.open()).isFalse()));
    expect("FIRED busy m1", "RESOLVED busy m1");
    Eventually.until("health", () -> health("alert_store").isOk());
  }

  @Test
  void startsWithoutItsStoreAndCatchesUp() {
    engine.start();
    sample("cpu_percent", 95);
    expect("FIRED busy m1");
    engine.close();
    store.unavailable(true);
    bus = new TestBus();
    engine = engine(RuleSource.of(rules(BUSY)));
    engine.start();
    sample("cpu_percent", 95);
    assertThat(bus.changes()).isEmpty();
    assertThat(engine.readiness().ready()).isFalse();

    store.unavailable(false);
    engine.refresh();
    sample("cpu_percent", 95);
    sample("cpu_percent", 10);
    expect("RESOLVED busy m1");
  }

  @Test
  void evaluatesAfterTenSecondsWithoutItsStore() {
    store.unavailable(true);
    engine.start();
    time.advance(Duration.ofSeconds(10));
    engine.refresh();
    sample("cpu_percent", 95);
    expect("FIRED busy m1");
    store.unavailable(false);
    engine.refresh();
    sample("cpu_percent", 10);
    expect("FIRED busy m1", "RESOLVED busy m1");
  }

  @Test
  void triesANotificationAgain() {
    pager.failures.set(3);
    engine.start();
    sample("cpu_percent", 95);
    Eventually.until("it is told", () -> later(() -> !pager.told.isEmpty()));
    assertThat(pager.told).containsExactly("FIRED");
    assertThat(pager.failures.get()).isZero();
  }

  @Test
  void givesANotificationUpAfterTheLastAttemptAndGoesOn() {
    pager.failures.set(4);
    engine.start();
    sample("cpu_percent", 95);
    Eventually.until("it is given up", () -> later(() -> dropped() == 1));
    sample("cpu_percent", 10);
    Eventually.asserted(() -> assertThat(pager.told).containsExactly("RESOLVED"));
  }

  private boolean later(BooleanSupplier condition) {
    time.advance(Duration.ofMillis(1));
    return condition.getAsBoolean();
  }

  private long dropped() {
    return metrics
        .counter("alerts_notifications_dropped_total", "", Labels.of("notifier", "pager"))
        .sum();
  }

  @Test
  void looksForChangesAndSilenceByItself() {
    engine =
        AlertEngine.builder(bus, bus, store, executor)
            .rules(RuleSource.of(rules("rules: [{name: down, absent: 30s}]")))
            .time(time)
            .pace(Duration.ofMillis(1), Duration.ofMillis(1))
            .build();
    engine.start();
    store.putRule(rules(HOT).getFirst().withOrigin(Rule.Origin.API), Actor.within("me"));
    Eventually.until("the rule is in force", () -> engine.rules().size() == 2);
    sample("cpu_percent", 5);
    Eventually.until(
        "the silence is noticed",
        () -> {
          time.advance(Duration.ofSeconds(1));
          return !bus.changes().isEmpty();
        });
    expect("FIRED down m1");
  }

  @Test
  void tellsWhatWaitsBeforeItEnds() {
    engine.start();
    sample("cpu_percent", 95);
    engine.close();
    assertThat(pager.told).containsExactly("FIRED");
    assertThat(store.alerts(AlertQuery.in(AlertState.FIRING))).hasSize(1);
    sample("cpu_percent", 10);
    assertThat(bus.changes()).containsExactly("FIRED busy m1");
  }

  private static final class Recorder implements Notifier {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();

    @Override
    public void notify(Notice notice) {
      if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new IllegalStateException("the pager is off");
      }
      notice.items().forEach(item -> told.add(item.kind().name()));
    }
  }
}
