package io.sysmonstm.alerts.engine;

import io.sysmonstm.alerts.engine.internal.HistoryRehearsal;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.MetricKind;
import io.sysmonstm.api.MetricRegistry;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.RuleReplay;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * Replays rules on stored history, by the evaluator that runs in production and a clock that goes
 * where the samples are. Raw samples count at their times where they are still kept; of older ones
 * the averages of a minute or an hour, at the end of it. At the begin nothing is known: a forecast
 * needs samples of half its time, as it does after a start.
 *
 * <p>Rules on absence go by the samples of a metric that every machine has. Several machines that
 * fell silent at once give one alert of the rule {@code machines-silent} and the machine {@code *},
 * as they would have. The ids of alerts are made up.
 *
 * <p>Thread-safe: each replay is confined to its thread.
 */
public final class RuleBackTest implements RuleReplay {
  /** The longest span. */
  public static final Duration LONGEST = Duration.ofDays(31);

  private final HistoryStore history;

  /**
   * Creates one.
   *
   * @param history where samples are read; the caller's
   */
  public RuleBackTest(HistoryStore history) {
    this.history = history;
  }

  @Override
  public List<Alert> replay(Rule rule, Instant from, Instant to) {
    if (!from.isBefore(to) || Duration.between(from, to).compareTo(LONGEST) > 0) {
      throw refused("from %s to %s: expected up to %d days".formatted(from, to, LONGEST.toDays()));
    }
    if (rule.match().keySet().stream().anyMatch(name -> name.startsWith("tag."))) {
      throw refused(
          "rule %s asks for tags, and history has none: expected labels or machines only"
              .formatted(rule.name()));
    }
    if (rule.condition() instanceof Rule.OfMetric condition
        && MetricRegistry.builtIn().describe(condition.metric()).kind() == MetricKind.COUNTER) {
      throw refused(
          "rule %s is about the counter %s, and history has none: expected another metric"
              .formatted(rule.name(), condition.metric()));
    }
    return new HistoryRehearsal(history, rule, from, to)
        .run().stream()
            .sorted(
                Comparator.comparing(Alert::machineId)
                    .thenComparing(alert -> alert.firedAt().orElse(alert.startedAt()))
                    .thenComparing(Alert::labels))
            .toList();
  }

  private static RequestException refused(String message) {
    return new RequestException(ErrorCode.INVALID_ARGUMENT, message);
  }
}
