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

  /** A condition on a number that is made of the samples of one series. */
  public sealed interface OfMetric extends Condition {
    /** {@return the metric's name} */
    String metric();

    /** {@return how the number is compared} */
    Operator operator();

    /** {@return what it is compared with; finite} */
    double threshold();

    /** {@return where a firing alert resolves: the threshold, or a value less extreme} */
    double clear();

    /**
     * {@return whether a number begins or goes on with a breach}
     *
     * @param value in the unit of the threshold
     */
    default boolean breachedBy(double value) {
      return operator().test(value, threshold());
    }

    /**
     * {@return whether a number ends a firing alert: not breached, and past {@link #clear}}
     *
     * @param value in the unit of the threshold
     */
    default boolean clearedBy(double value) {
      return !operator().test(value, threshold()) && !operator().test(value, clear());
    }
  }

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
      implements OfMetric {}

  /**
   * The straight line through the samples of the last while, by least squares, crosses a threshold
   * soon.
   *
   * @param metric the metric's name
   * @param operator how the value that the line has at the end of {@code within} is compared
   * @param threshold in the metric's unit; finite
   * @param clear where a firing alert resolves, in the metric's unit: the threshold, or a value
   *     less extreme
   * @param within how far ahead the line is followed
   * @param over how far back samples count; no less than 10 s
   */
  public record Forecast(
      String metric,
      Operator operator,
      double threshold,
      double clear,
      Duration within,
      Duration over)
      implements OfMetric {}

  /**
   * A metric changed by much: the newest sample less the one of a while ago.
   *
   * @param metric the metric's name
   * @param operator how the difference is compared
   * @param threshold in the metric's unit, negative for a fall; finite
   * @param clear where a firing alert resolves, in the metric's unit: the threshold, or a value
   *     less extreme
   * @param over how long ago the other sample was taken; no less than 10 s
   */
  public record Change(
      String metric, Operator operator, double threshold, double clear, Duration over)
      implements OfMetric {}

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
