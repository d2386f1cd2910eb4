package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Rule;
import org.jspecify.annotations.Nullable;

/**
 * What a rule compares instead of the sample itself: a number made of the samples of a while.
 * Guarded by the engine's lock; allocates nothing once it is made.
 */
sealed interface Derivation permits Trend, Difference {
  /**
   * Takes a sample, later than the one before.
   *
   * @param sampledMillis when it was taken
   * @param value finite
   * @param gapMillis the longest time between two samples that is no gap
   * @param firing whether the alert fires
   * @return what the rule compares; NaN where nothing can be said, which neither fires nor resolves
   */
  double take(long sampledMillis, double value, long gapMillis, boolean firing);

  /**
   * How long from the last sample until the threshold is crossed, in milliseconds: 0 where it is,
   * NaN where nothing points that way.
   */
  double etaMillis();

  /** A new one, null for a rule that compares samples themselves. */
  static @Nullable Derivation of(Rule.Condition condition) {
    return switch (condition) {
      case Rule.Forecast forecast -> new Trend(forecast);
      case Rule.Change change -> new Difference(change);
      case Rule.Threshold _, Rule.Absent _ -> null;
    };
  }
}
