package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.SelfMetrics;
import java.util.concurrent.atomic.LongAdder;

/** What evaluation counts. */
final class EvaluationCounters {
  private static final String IGNORED = "alerts_samples_ignored_total";
  private static final String IGNORED_HELP = "Samples that rules were not evaluated on.";

  final LongAdder samples;
  final LongAdder replayed;
  final LongAdder stale;
  final LongAdder late;
  final LongAdder notFinite;
  final LongAdder unwatched;
  final LongAdder refusedCells;
  volatile int cells;

  EvaluationCounters(SelfMetrics metrics) {
    samples = metrics.counter("alerts_samples_total", "Samples that alert rules were applied to.");
    replayed = ignored(metrics, "replay");
    stale = ignored(metrics, "stale");
    late = ignored(metrics, "late");
    notFinite = ignored(metrics, "not_finite");
    unwatched = ignored(metrics, "limit");
    refusedCells =
        metrics.counter(
            "alerts_rule_states_refused_total",
            "Pairs of a rule and a series beyond the limit, which are not evaluated.");
  }

  void watch(SelfMetrics metrics, OpenAlerts open) {
    var help = "Alerts that are open.";
    metrics.gauge("alerts_open", help, Labels.of("state", "pending"), open::pending);
    metrics.gauge("alerts_open", help, Labels.of("state", "firing"), open::firing);
    metrics.gauge(
        "alerts_rule_states",
        "Pairs of a rule and a series that it applies to.",
        Labels.empty(),
        () -> cells);
  }

  static LongAdder ignored(SelfMetrics metrics, String reason) {
    return metrics.counter(IGNORED, IGNORED_HELP, Labels.of("reason", reason));
  }
}
