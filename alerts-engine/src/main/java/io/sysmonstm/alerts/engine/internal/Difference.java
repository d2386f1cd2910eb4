package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Rule;

/**
 * The newest sample less the one of a while ago. That one is read from means over a 48th of that
 * while, between the middles of which a straight line is drawn; nothing is said where it lies in a
 * gap or before the first sample.
 */
final class Difference implements Derivation {
  /** Buckets that may lie between the two around a point in time, however often samples come. */
  private static final long LEAST_REACH = 3;

  private final Buckets buckets;
  private final long overMillis;

  Difference(Rule.Change change) {
    overMillis = change.over().toMillis();
    buckets = new Buckets(overMillis);
  }

  @Override
  public double take(long sampledMillis, double value, long gapMillis, boolean firing) {
    buckets.add(sampledMillis, value);
    return value - at(sampledMillis - overMillis, gapMillis);
  }

  private double at(long millis, long gapMillis) {
    double position = buckets.position(millis);
    long floor = (long) Math.floor(position);
    long lower = buckets.atOrBefore(floor);
    long upper = buckets.atOrAfter(floor + 1);
    double from = buckets.mean(lower);
    double to = buckets.mean(upper);
    long reach = Math.max(LEAST_REACH, gapMillis / buckets.widthMillis() + 1);
    if (upper - lower <= reach && !Double.isNaN(from) && !Double.isNaN(to)) {
      // In this form the same value twice is that value, without a rounding error.
      return from + (to - from) * ((position - lower) / (upper - lower));
    }
    if (position - lower < 1) {
      return from;
    }
    return upper - position < 1 ? to : Double.NaN;
  }

  @Override
  public double etaMillis() {
    return Double.NaN;
  }
}
