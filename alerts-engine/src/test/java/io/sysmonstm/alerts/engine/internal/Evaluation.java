package io.sysmonstm.alerts.engine.internal;

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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An evaluator with a clock that the test moves, and the changes that came out of it. */
final class Evaluation {
  static final String BUSY =
      "  - {name: busy, metric: cpu_percent, operator: gt, threshold: 90, clear: 80}";
  static final String BUSY_FOR_ONE_MINUTE =
      "  - {name: busy, metric: cpu_percent, operator: gt, threshold: 90, clear: 80, for: 1m}";
  static final String FULL =
      "  - {name: full, metric: disk_percent, operator: gt, threshold: 90, severity: critical}";
  static final String FIRED = "FIRED busy m1{}";
  static final String PENDING = "PENDING busy m1{}";
  static final String CANCELLED = "CANCELLED busy m1{}";
  static final String RESOLVED = "RESOLVED busy m1{}";

  final ManualTime time = new ManualTime();
  final SeriesRegistry registry;
  final SelfMetrics metrics = new SelfMetrics();
  final List<Transition> transitions = new ArrayList<>();
  final Evaluator evaluator;
  private long seq;

  record Transition(Change change, Alert alert) {
    @Override
    public String toString() {
      return "%s %s %s%s".formatted(change, alert.rule(), alert.machineId(), alert.labels());
    }
  }

  Evaluation(String... rules) {
    this(new Bounds(100, 10_000, 10_000), rules);
  }

  Evaluation(Bounds bounds, String... rules) {
    registry =
        new SeriesRegistry(2_000, 10_000, SeriesRegistry.DEFAULT_FORGET_AFTER, time::nanoTime);
    evaluator =
        new Evaluator(
            time,
            metrics,
            bounds,
            (alert, change) -> transitions.add(new Transition(change, alert)));
    install(rules);
  }

  static List<Rule> rules(String... rules) {
    var text = "rules:\n" + String.join("\n", rules);
    return YamlRules.parse("test.yaml", StandardCharsets.UTF_8.encode(text));
  }

  void install(String... rules) {
    evaluator.install(new RuleIndex(rules.length == 0 ? List.of() : rules(rules)));
  }

  BatchBuilder batch(String machine, Instant at) {
    return new BatchBuilder(registry, machine, ++seq, at);
  }

  /** One sample, taken and evaluated now. */
  void sample(String machine, String metric, Labels labels, double value) {
    evaluator.onBatch(batch(machine, time.instant()).sample(metric, labels, value).event());
  }

  void sample(String metric, double value) {
    sample("m1", metric, Labels.empty(), value);
  }

  /** Samples of one series, 5 s apart. */
  void samples(String metric, double... values) {
    for (double value : values) {
      pass(Duration.ofSeconds(5));
      sample(metric, value);
    }
  }

  /** Lets time pass, and the engine tick each second. */
  void pass(Duration by) {
    long seconds = by.toSeconds();
    for (long i = 0; i < seconds; i++) {
      time.advance(Duration.ofSeconds(1));
      evaluator.tick();
    }
    time.advance(by.minusSeconds(seconds));
  }

  MetricsEvent tagged(MetricsEvent event, Map<String, String> tags) {
    return new MetricsEvent(
        event.batch(),
        Resource.builder("host").tags(tags).build(),
        event.interval(),
        event.receivedAt());
  }

  /** The same of a machine that collects at another interval. */
  MetricsEvent every(MetricsEvent event, Duration interval) {
    return new MetricsEvent(event.batch(), event.resource(), interval, event.receivedAt());
  }

  /** The changes since the last call. */
  List<String> changes() {
    var texts = transitions.stream().map(Transition::toString).toList();
    seen.addAll(transitions);
    transitions.clear();
    return texts;
  }

  private final List<Transition> seen = new ArrayList<>();

  /** The last change that {@link #changes} told. */
  Alert last() {
    return seen.getLast().alert();
  }

  double counted(String name, Labels labels) {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals(name) && reading.labels().equals(labels))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }
}
