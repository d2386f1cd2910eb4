package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Operator;
import io.sysmonstm.api.Rule;

/**
 * Where the straight line through the samples of a while leads. The line is fitted by least squares
 * to means over a 48th of that while, each time one of them is complete.
 *
 * <p>A line is believed where it explains its points (its slope is several standard errors from
 * none) and where both halves of the time and the last quarter lead the same way, so that neither a
 * step nor a rise that is over passes for a slope. Whatever else there is, noise or a step, leads
 * nowhere: the forecast is the present value. For an alert that fires already less is asked of the
 * line, so that it does not come and go.
 *
 * <p>After a jump from one sample to the next the fit begins anew, since what was before says
 * nothing of what comes; so does it after a fall away from the threshold that took longer. Until
 * samples cover half of the time nothing is said, but for a jump away from the threshold: that
 * leads nowhere too, and ends an alert.
 */
final class Trend implements Derivation {
  /** What is known of where the series goes. */
  private enum Course {
    UNKNOWN,
    LEVEL,
    LINE
  }

  private static final int LEAST_POINTS = 5;
  private static final double STANDARD_ERRORS = 5;
  private static final double STANDARD_ERRORS_FIRING = 2;
  private static final double HALF_SLOPE = 0.25;

  // A jump is so many times the usual move, and by itself a good part of the way to the threshold.
  private static final double UNUSUAL_SAMPLES = 20;
  private static final double UNUSUAL_BUCKETS = 8;
  private static final double PART_OF_WAY = 0.25;
  private static final int LEAST_MOVES = 4;

  private final Operator operator;
  private final double threshold;
  private final double withinBuckets;
  private final double jumpScale;
  private final Buckets buckets;
  private final LeastSquares line = new LeastSquares();
  private final Moves sampleMoves = new Moves();
  private final Moves bucketMoves = new Moves();
  private Course course = Course.UNKNOWN;
  private long lastMillis = Long.MIN_VALUE;
  private double lastValue;
  // The line: its value at the middle of the origin's bucket, and what a bucket adds to it.
  private long origin;
  private double intercept;
  private double slope;

  /** How much a series usually moves from one point to the next: a mean that forgets slowly. */
  private static final class Moves {
    private double mean;
    private int count;

    void add(double move) {
      count = Math.min(32, count + 1);
      mean += (Math.abs(move) - mean) / count;
    }

    boolean isUnusual(double move, double times) {
      return count >= LEAST_MOVES && Math.abs(move) > times * mean;
    }
  }

  Trend(Rule.Forecast forecast) {
    operator = forecast.operator();
    threshold = forecast.threshold();
    buckets = new Buckets(forecast.over().toMillis());
    withinBuckets = (double) forecast.within().toMillis() / buckets.widthMillis();
    jumpScale = (double) forecast.within().toMillis() / forecast.over().toMillis();
  }

  @Override
  public double take(long sampledMillis, double value, long gapMillis, boolean firing) {
    boolean adjacent = lastMillis != Long.MIN_VALUE && sampledMillis - lastMillis <= gapMillis;
    double move = value - lastValue;
    if (adjacent && sampleMoves.isUnusual(move, UNUSUAL_SAMPLES) && matters(move, lastValue)) {
      beginAnew(move);
    } else if (adjacent) {
      sampleMoves.add(move);
    }
    lastMillis = sampledMillis;
    lastValue = value;
    if (buckets.add(sampledMillis, value)) {
      complete(sampledMillis, value, gapMillis, firing);
    }
    return switch (course) {
      case UNKNOWN -> Double.NaN;
      case LEVEL -> value;
      case LINE -> lineNow() + slope * withinBuckets;
    };
  }

  @Override
  public double etaMillis() {
    if (operator.test(lastValue, threshold)) {
      return 0;
    }
    double rest = course == Course.LINE ? (threshold - lineNow()) / slope : Double.NaN;
    return rest >= 0 && Double.isFinite(rest) ? rest * buckets.widthMillis() : Double.NaN;
  }

  private double lineNow() {
    return intercept + slope * (buckets.position(lastMillis) - origin);
  }

  /** Looks at what is complete before the bucket that has just begun. */
  private void complete(long sampledMillis, double value, long gapMillis, boolean firing) {
    long last = buckets.newest() - 1;
    double move = buckets.mean(last) - buckets.mean(last - 1);
    if (!Double.isNaN(move)) {
      if (bucketMoves.isUnusual(move, UNUSUAL_BUCKETS)
          && leadsAway(move)
          && matters(move, buckets.mean(last - 1))) {
        beginAnew(move);
        buckets.add(sampledMillis, value);
        return;
      }
      bucketMoves.add(move);
    }
    fit(gapMillis, firing);
  }

  private void beginAnew(double move) {
    buckets.clear();
    course = leadsAway(move) ? Course.LEVEL : Course.UNKNOWN;
  }

  private boolean matters(double move, double before) {
    return Math.abs(move) * jumpScale >= PART_OF_WAY * Math.abs(threshold - before);
  }

  private boolean leadsAway(double move) {
    return switch (operator) {
      case GT, GTE -> move < 0;
      case LT, LTE -> move > 0;
      case EQ, NE -> false;
    };
  }

  private void fit(long gapMillis, boolean firing) {
    long newest = buckets.newest() - 1;
    long oldest = newest - Buckets.SPAN + 1;
    line.fit(buckets, oldest, newest);
    if (line.points() < LEAST_POINTS || !isCovered(oldest, newest, gapMillis)) {
      // What was known before a gap is not known after it.
      course = course == Course.LEVEL ? Course.LEVEL : Course.UNKNOWN;
      return;
    }
    origin = newest;
    slope = line.slope();
    intercept = line.atEnd();
    double needed = firing ? STANDARD_ERRORS_FIRING : STANDARD_ERRORS;
    boolean significant = Math.abs(slope) >= needed * line.slopeError() && slope != 0;
    course = significant && partsAgree(newest, firing) ? Course.LINE : Course.LEVEL;
  }

  private boolean partsAgree(long newest, boolean firing) {
    long first = buckets.atOrAfter(newest - Buckets.SPAN + 1);
    long middle = (first + newest) / 2;
    double least = firing ? 0 : HALF_SLOPE * Math.abs(slope);
    double direction = Math.signum(slope);
    line.fit(buckets, (middle + newest) / 2 + 1, newest);
    // A quarter is short: what it says counts only where it is sure.
    if (line.slope() * direction + STANDARD_ERRORS_FIRING * line.slopeError() < least) {
      return false;
    }
    return line.fit(buckets, first, middle).slope() * direction >= least
        && line.fit(buckets, middle + 1, newest).slope() * direction >= least;
  }

  private boolean isCovered(long oldest, long newest, long gapMillis) {
    long width = buckets.widthMillis();
    long most = Math.max(2 * width, gapMillis);
    long coveredMillis = width;
    long before = buckets.atOrAfter(oldest);
    for (long bucket = before + 1; bucket <= newest; bucket++) {
      if (!Double.isNaN(buckets.mean(bucket))) {
        long apart = (bucket - before) * width;
        coveredMillis += apart <= most ? apart : width;
        before = bucket;
      }
    }
    return coveredMillis * 2 >= Buckets.SPAN * width;
  }
}
