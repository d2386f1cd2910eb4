package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.AlertEvent.Change;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random samples, gaps, late and repeated batches, replays, no-numbers, clocks that jump, restarts,
 * and changes of rules and tags, against {@link ModelEngine}. A failure names the seed.
 */
class EvaluatorModelTest {
  private static final Set<String> KINDS = new TreeSet<>();
  private static final List<String> MOUNTS = List.of("/", "/home", "/data");
  private static final List<String> MACHINES = List.of("m1", "m2");
  private static final List<List<String>> RULES =
      List.of(
          List.of(
              "  - {name: now, metric: disk_percent, operator: gt, threshold: 90, clear: 80}",
              "  - {name: held, metric: disk_percent, operator: gt, threshold: 90, clear: 80, for: 12s}",
              "  - {name: jump, metric: disk_percent, operator: gt, threshold: 8, clear: 3, change: {over: 1m}}",
              "  - {name: soon, metric: disk_percent, operator: gte, threshold: 100, clear: 97, for: 10s, forecast: {within: 2m, over: 2m}}",
              "  - {name: down, absent: 30s}"),
          List.of(
              "  - {name: soon, metric: disk_percent, operator: gte, threshold: 100, clear: 97, for: 10s, forecast: {within: 2m, over: 2m}}",
              "  - {name: held, metric: disk_percent, operator: gt, threshold: 90, clear: 85, for: 20s, match: {tag.env: prod}}",
              "  - {name: fall, metric: disk_percent, operator: lt, threshold: -8, change: {over: 1m}}",
              "  - {name: now, metric: disk_percent, operator: gt, threshold: 90, clear: 80, match: {mount: \"/*a*\"}}"),
          List.of(
              "  - {name: soon, metric: disk_percent, operator: gte, threshold: 98, forecast: {within: 5m, over: 2m}}",
              "  - {name: jump, metric: disk_percent, operator: ne, threshold: 0, change: {over: 1m}, for: 30s}",
              "  - {name: down, absent: 40s, match: {tag.env: prod}}",
              "  - {name: now, metric: disk_percent, operator: gt, threshold: 90, clear: 80}"));

  private final ManualTime time = new ManualTime();
  private final SeriesRegistry registry = new SeriesRegistry();
  private final Map<String, Alert> open = new LinkedHashMap<>();
  private final List<String> actual = new ArrayList<>();
  private final Map<String, String> env = new HashMap<>(Map.of("m1", "prod", "m2", "test"));
  private final Map<String, Double> level = new HashMap<>();
  private final Map<String, Long> skew = new HashMap<>();
  private final ModelEngine model = new ModelEngine(0);
  private Evaluator engine = create();
  private int ruleSet;
  private long seq;
  private int seen;

  private Evaluator create() {
    return new Evaluator(time, new SelfMetrics(), new Bounds(100, 10_000, 10_000), this::changed);
  }

  private void changed(Alert alert, Change change) {
    KINDS.add(change + " " + alert.rule());
    actual.add("%s %s %s%s".formatted(change, alert.rule(), alert.machineId(), alert.labels()));
    if (alert.open() && change != Change.CANCELLED) {
      open.put(alert.id(), alert);
    } else {
      open.remove(alert.id());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void agreesWithAPlainModel(long seed) {
    var random = new Random(seed);
    install(0);
    for (int i = 0; i < 2_500; i++) {
      pass(Duration.ofMillis(random.nextInt(150) == 0 ? random.nextInt(900_000) : 2_500));
      disturb(random);
      var machine = MACHINES.get(random.nextInt(10) == 0 ? 1 : i % 2);
      if (random.nextInt(15) > 0) {
        batch(machine, random);
      }
      if (i % 25 == 24) {
        assertThat(byIdentity(actual))
            .as("seed %d, step %d", seed, i)
            .isEqualTo(byIdentity(model.changes));
        // What agrees need not be compared again.
        seen += actual.size();
        actual.clear();
        model.changes.clear();
      }
    }
    assertThat(seen).as("seed %d", seed).isGreaterThan(150);
  }

  @AfterAll
  static void eachRuleHadSomethingToSay() {
    assertThat(KINDS)
        .contains("PENDING held", "CANCELLED held", "FIRED held", "RESOLVED held")
        .contains("PENDING soon", "CANCELLED soon", "FIRED soon", "RESOLVED soon")
        .contains("FIRED now", "RESOLVED now", "FIRED jump", "RESOLVED jump")
        .contains("FIRED fall", "RESOLVED fall", "FIRED down", "RESOLVED down");
  }

  private void pass(Duration by) {
    for (long rest = by.toMillis(); rest > 0; rest -= 1_000) {
      time.advance(Duration.ofMillis(Math.min(1_000, rest)));
      engine.tick();
      model.tick(nanoMillis());
    }
  }

  private long nanoMillis() {
    return time.nanoTime() / 1_000_000;
  }

  private void disturb(Random random) {
    switch (random.nextInt(250)) {
      case 0 -> install(random.nextInt(RULES.size()));
      case 1 -> restart();
      case 2 -> env.put(MACHINES.get(random.nextInt(2)), random.nextBoolean() ? "prod" : "test");
      case 3 -> skew.put(MACHINES.get(random.nextInt(2)), random.nextLong(-7_200_000, 7_200_000));
      case 4, 5, 6, 7, 8, 9, 10, 11 -> skew.clear();
      case 12 -> time.setWall(time.instant().plusMillis(random.nextLong(-90_000, 90_000)));
      default -> {}
    }
  }

  private void install(int which) {
    ruleSet = which;
    var rules = rules();
    engine.install(new RuleIndex(rules));
    model.install(rules);
  }

  private List<Rule> rules() {
    return Evaluation.rules(RULES.get(ruleSet).toArray(String[]::new));
  }

  private void restart() {
    engine = create();
    engine.restore(List.copyOf(open.values()));
    model.restart(nanoMillis());
    install(ruleSet);
  }

  private void batch(String machine, Random random) {
    long late = random.nextInt(10) == 0 ? random.nextInt(90_000) : 0;
    long observed = time.millis() - late + skew.getOrDefault(machine, 0L);
    Map<Labels, Double> values = new LinkedHashMap<>();
    var batch = new BatchBuilder(registry, machine, ++seq, Instant.ofEpochMilli(observed));
    for (var mount : MOUNTS) {
      // A disk that is gone for long now and then.
      if (nanoMillis() / 700_000 % 4 != 0 || mount.equals("/")) {
        var labels = Labels.of("mount", mount);
        double value = value(machine + mount, random);
        values.put(labels, value);
        batch.sample("disk_percent", labels, value);
      }
    }
    boolean replay = random.nextInt(20) == 0;
    var event = event((replay ? batch.replay() : batch).event(), machine);
    int times = random.nextInt(10) == 0 ? 2 : 1;
    for (int i = 0; i < times; i++) {
      engine.onBatch(event);
      if (!replay) {
        model.batch(
            machine,
            Map.of("env", env.getOrDefault(machine, "")),
            "disk_percent",
            values,
            new ModelEngine.When(observed, time.millis(), nanoMillis()));
      }
    }
  }

  /** A walk with slopes and jumps, so that every form of rule has something to say. */
  private double value(String key, Random random) {
    if (random.nextInt(50) == 0) {
      return Double.NaN;
    }
    double slope = nanoMillis() / 300_000 % 3 - 1;
    double before = level.getOrDefault(key, 70.0);
    double next =
        random.nextInt(60) == 0
            ? 60 + random.nextInt(40)
            : before + slope * 0.4 + (random.nextDouble() - 0.5) / 2;
    level.put(key, Math.clamp(next, 40, 99.5));
    return level.getOrDefault(key, 70.0);
  }

  private MetricsEvent event(MetricsEvent event, String machine) {
    return new MetricsEvent(
        event.batch(),
        Resource.builder("host").tags(Map.of("env", env.getOrDefault(machine, ""))).build(),
        event.interval(),
        event.receivedAt());
  }

  /** By identity: the order of rules is not promised, that of the changes of one identity is. */
  private static Map<String, List<String>> byIdentity(List<String> changes) {
    var byIdentity = new HashMap<String, List<String>>();
    for (var change : changes) {
      var parts = change.split(" ", 2);
      byIdentity.computeIfAbsent(parts[1], identity -> new ArrayList<>()).add(parts[0]);
    }
    return byIdentity;
  }
}
