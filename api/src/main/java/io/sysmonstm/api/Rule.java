package io.sysmonstm.api;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An alert rule: a condition on the series of a metric, how long it must hold, and what to say.
 * {@link RuleFormat} reads and writes the form that people write. Immutable.
 *
 * @param name unique, of a-z 0-9 and dash
 * @param condition what is watched for
 * @param match globs by label name, by {@code machine} and by {@code tag.NAME}; what is left out
 *     matches anything
 * @param hold how long the condition must hold before the alert fires; zero fires at once
 * @param severity how bad it is
 * @param message what to say, with {@code {{placeholders}}}; empty for the standard text
 * @param origin where the rule comes from
 */
public record Rule(
    String name,
    Condition condition,
    Map<String, String> match,
    Duration hold,
    Severity severity,
    Optional<String> message,
    Origin origin) {
  /** Where a rule comes from. */
  public enum Origin {
    /** The rules file, which alone can change it. */
    FILE,
    /** The API. */
    API
  }

  /** What a rule watches for. */
  public sealed interface Condition {}

  /**
   * A sample compares with a threshold.
   *
   * @param metric the metric's name
   * @param operator how it is compared
   * @param threshold in the metric's unit; finite
   * @param clear where a firing alert resolves, in the metric's unit: the threshold, or a value
   *     less extreme
   */
  public record Threshold(String metric, Operator operator, double threshold, double clear)
      implements Condition {
    /**
     * {@return whether a sample begins or goes on with a breach}
     *
     * @param value in the metric's unit
     */
    public boolean breachedBy(double value) {
      return operator.test(value, threshold);
    }

    /**
     * {@return whether a sample ends a firing alert: not breached, and past {@link #clear}}
     *
     * @param value in the metric's unit
     */
    public boolean clearedBy(double value) {
      return !operator.test(value, threshold) && !operator.test(value, clear);
    }
  }

  /**
   * No batch came from a machine.
   *
   * @param silence for how long, by the receiver's clock
   */
  public record Absent(Duration silence) implements Condition {}

  /** Copies the matchers. */
  public Rule {
    match = Collections.unmodifiableMap(new LinkedHashMap<>(match));
  }

  /**
   * {@return the same rule with another origin}
   *
   * @param from where it comes from
   */
  public Rule withOrigin(Origin from) {
    return new Rule(name, condition, match, hold, severity, message, from);
  }
}
