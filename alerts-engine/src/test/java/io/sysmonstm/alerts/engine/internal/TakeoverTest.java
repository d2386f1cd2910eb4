package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.alerts.engine.FixedHistory;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.AlertEvent.Change;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.InMemoryAlertStore;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** What an engine does with machines that it has not heard before, or has no more. */
class TakeoverTest {
  private static final String BUSY =
      "  - {name: busy, metric: cpu_percent, operator: gt, threshold: 90, clear: 80}";
  private static final String DOWN = "  - {name: down, absent: 30s}";
  private static final String SOON =
      "  - {name: soon, metric: disk_percent, operator: gte, threshold: 100,"
          + " forecast: {within: 24h, over: 6h}}";

  private final ManualTime time = new ManualTime();
  private final InMemoryAlertStore store = new InMemoryAlertStore(time);
  private final SeriesRegistry registry = new SeriesRegistry();
  private final ReentrantLock evaluation = new ReentrantLock();
  private final Set<String> owned = new HashSet<>(Set.of("m1"));
  private final List<MachineState> roster = new ArrayList<>();
  private final FixedHistory history = new FixedHistory();
  private final List<Alert> changed = new ArrayList<>();
  private final List<String> changes = new ArrayList<>();
  private final Evaluator evaluator;
  private final Takeover takeover;
  private boolean storing = true;
  private long seq;

  TakeoverTest() {
    var metrics = new SelfMetrics();
    evaluator = new Evaluator(time, metrics, new Bounds(100, 1_000, 1_000), this::changed);
    var context =
        new EngineContext(
            store, "me", new SilenceBook(this::itself), Delivery.usual(), time, metrics);
    takeover =
        new Takeover(
            context,
            evaluator,
            evaluation,
            owned::contains,
            () -> roster,
            new Backfill(Optional.of(history), time));
    evaluator.install(new RuleIndex(Evaluation.rules(BUSY, DOWN, SOON)));
    takeover.begin();
  }

  private Takeover itself() {
    return takeover;
  }

  private void changed(Alert alert, Change change) {
    changed.add(alert);
    changes.add(change + " " + alert.rule() + " " + alert.machineId());
    if (storing) {
      store.save(alert);
    }
  }

  private List<String> changes() {
    var seen = List.copyOf(changes);
    changes.clear();
    return seen;
  }

  private void sample(String machine, double value) {
    takeover.receive(
        new BatchBuilder(registry, machine, ++seq, time.instant())
            .sample("cpu_percent", value)
            .event());
  }

  private void pass(Duration by) {
    for (long second = 0; second < by.toSeconds(); second++) {
      time.advance(Duration.ofSeconds(1));
      takeover.step();
      takeover.letGo();
      evaluator.tick();
    }
  }

  private Alert firing(String rule, String machine, Instant at) {
    return store.save(
        Alert.builder(rule + "-of-another", rule, machine)
            .state(AlertState.FIRING)
            .metric(rule.equals("busy") ? "cpu_percent" : "")
            .startedAt(at)
            .firedAt(at)
            .build());
  }

  private static MachineState seen(String machine, Instant at) {
    return new MachineState(
        machine,
        Resource.builder("host").tags(Map.of("env", "prod")).build(),
        at,
        Duration.ofSeconds(5),
        List.of(),
        List.of());
  }

  @Test
  void holdsTheFirstBatchesUntilTheOpenAlertsAreLoaded() {
    firing("busy", "m1", time.instant().minusSeconds(60));
    sample("m1", 95);
    time.advance(Duration.ofSeconds(1));
    sample("m1", 10);
    assertThat(changes()).isEmpty();
    takeover.step();
    assertThat(changes()).containsExactly("RESOLVED busy m1");
    assertThat(changed.getLast().id()).isEqualTo("busy-of-another");
  }

  @Test
  void evaluatesAfterTenSecondsWithoutTheStoreAndLoadsLater() {
    firing("busy", "m1", time.instant().minusSeconds(60));
    store.unavailable(true);
    storing = false;
    pass(Duration.ofSeconds(5));
    sample("m1", 95);
    pass(Duration.ofSeconds(4));
    assertThat(changes()).isEmpty();
    pass(Duration.ofSeconds(2));
    assertThat(changes()).containsExactly("FIRED busy m1");
    store.unavailable(false);
    pass(Duration.ofSeconds(1));
    assertThat(changes()).as("one of the two ends").containsExactly("RESOLVED busy m1");
    assertThat(changed.getLast().id()).isEqualTo("busy-of-another");
  }

  @Test
  void looksBackOnWhatHistoryHasOfAMachineThatIsNewHere() {
    var root = Labels.of("mount", "/");
    var begin = time.instant().minus(Duration.ofHours(6));
    history.put("m1", "disk_percent", root, begin, 60, 359, minute -> 50 + minute / 36.0);
    for (int sample = 0; sample < 180; sample++) {
      takeover.receive(
          new BatchBuilder(registry, "m1", ++seq, time.instant())
              .sample("disk_percent", root, 60 + sample / 216.0)
              .event());
      pass(Duration.ofSeconds(10));
    }
    assertThat(changes()).containsExactly("FIRED soon m1");
  }

  @Test
  void beginsWithoutAPastWhereHistoryIsAway() {
    history.close();
    sample("m1", 95);
    pass(Duration.ofSeconds(1));
    assertThat(changes()).containsExactly("FIRED busy m1");
  }

  @Test
  void leavesAloneWhatAnotherEngineHas() {
    sample("m1", 95);
    takeover.step();
    assertThat(changes()).containsExactly("FIRED busy m1");
    owned.clear();
    pass(Duration.ofMinutes(5));
    assertThat(changes()).as("it is not silent, but elsewhere").isEmpty();

    var mine = changed.getLast();
    store.save(mine.toBuilder().state(AlertState.RESOLVED).resolvedAt(time.instant()).build());
    owned.add("m1");
    sample("m1", 10);
    takeover.step();
    assertThat(changes()).as("the other one has told its end").isEmpty();
    time.advance(Duration.ofSeconds(5));
    sample("m1", 95);
    assertThat(changes()).containsExactly("FIRED busy m1");
  }

  @Test
  void goesOnWithTheAlertsOfAMachineThatComesBackFromAnother() {
    sample("m1", 10);
    takeover.step();
    owned.clear();
    pass(Duration.ofSeconds(5));
    firing("busy", "m1", time.instant());
    owned.add("m1");
    pass(Duration.ofSeconds(5));
    sample("m1", 95);
    pass(Duration.ofSeconds(5));
    sample("m1", 10);
    assertThat(changes()).containsExactly("RESOLVED busy m1");
  }

  @Test
  void missesAMachineThatDiedUnheard() {
    var died = time.instant().minus(Duration.ofMinutes(10));
    roster.add(seen("m1", died));
    roster.add(seen("m2", died));
    pass(Duration.ofSeconds(29));
    assertThat(changes()).isEmpty();
    pass(Duration.ofSeconds(5));
    assertThat(changes()).as("but not that of another engine").containsExactly("FIRED down m1");
    assertThat(changed.getLast().startedAt()).isEqualTo(died);
    assertThat(changed.getLast().value()).isBetween(625.0, 640.0);
    assertThat(takeover.tags("m1")).containsEntry("env", "prod");
    assertThat(takeover.tags("m2")).containsEntry("env", "prod");

    owned.add("m2");
    pass(Duration.ofSeconds(40));
    assertThat(changes()).containsExactly("FIRED down m2");
  }

  @Test
  void endsTheAlertsOfAMachineThatIsForgotten() {
    roster.add(seen("m1", time.instant().minus(Duration.ofMinutes(10))));
    sample("m2", 95);
    owned.add("m2");
    pass(Duration.ofSeconds(35));
    assertThat(changes()).contains("FIRED down m1", "FIRED busy m2");

    roster.clear();
    takeover.forget("m1", time.instant());
    takeover.forget("never-heard", time.instant());

    assertThat(changes()).containsExactly("RESOLVED down m1");
    pass(Duration.ofMinutes(3));
    assertThat(changes()).as("nobody misses it").doesNotContain("FIRED down m1");
    sample("m1", 95);
    takeover.step();
    assertThat(changes()).contains("FIRED busy m1");

    takeover.forget("m1", time.instant().minusSeconds(60));
    assertThat(changes()).as("it was heard later").isEmpty();
  }

  @Test
  void endsTheAlertsOfAForgottenMachineThatComesFromAnotherLater() {
    firing("down", "m2", time.instant().minus(Duration.ofHours(1)));
    takeover.forget("m2", time.instant());
    owned.add("m2");
    roster.add(seen("m2", time.instant().minus(Duration.ofHours(1))));
    pass(Duration.ofMinutes(3));

    assertThat(changes()).containsExactly("RESOLVED down m2");
    sample("m2", 95);
    takeover.step();
    assertThat(changes()).containsExactly("FIRED busy m2");
    pass(Duration.ofMinutes(1));
    assertThat(changes()).as("it is missed again").contains("FIRED down m2");
  }

  @Test
  void doesNotMissLiveMachinesAfterARestart() {
    roster.add(seen("m1", time.instant().minus(Duration.ofHours(1))));
    pass(Duration.ofSeconds(25));
    for (int batch = 0; batch < 20; batch++) {
      sample("m1", 10);
      pass(Duration.ofSeconds(5));
    }
    assertThat(changes()).isEmpty();
  }

  @Test
  void doesNotMissWhatIsLongGoneNorAgainWhatIsMissed() {
    owned.add("m2");
    roster.add(seen("m1", time.instant().minus(Duration.ofDays(8))));
    roster.add(seen("m2", time.instant().minus(Duration.ofDays(1))));
    firing("down", "m2", time.instant().minus(Duration.ofHours(23)));
    pass(Duration.ofMinutes(3));
    assertThat(changes()).isEmpty();
    sample("m2", 10);
    assertThat(changes()).containsExactly("RESOLVED down m2");
  }

  @Test
  void doesNotTakeBackWhatEndedWhileTheStoreDidNotKnow() {
    sample("m1", 95);
    takeover.step();
    storing = false;
    time.advance(Duration.ofSeconds(5));
    sample("m1", 10);
    assertThat(changes()).containsExactly("FIRED busy m1", "RESOLVED busy m1");
    owned.clear();
    pass(Duration.ofSeconds(2));
    owned.add("m1");
    pass(Duration.ofSeconds(2));
    sample("m1", 10);
    assertThat(changes()).isEmpty();
  }
}
