package io.sysmonstm.alerts.engine.internal;

/**
 * A straight line through the means of some buckets, by least squares; used again for each fit, so
 * that none allocates. Guarded by the engine's lock.
 */
final class LeastSquares {
  private int points;
  private double slope;
  private double slopeError;
  private double meanX;
  private double meanY;

  /** Fits from one bucket to another, both included; in two passes, so that nothing cancels out. */
  LeastSquares fit(Buckets buckets, long from, long to) {
    points = 0;
    double sumX = 0;
    double sumY = 0;
    for (long bucket = from; bucket <= to; bucket++) {
      double y = buckets.mean(bucket);
      if (!Double.isNaN(y)) {
        points++;
        sumX += bucket - to;
        sumY += y;
      }
    }
    meanX = sumX / points;
    meanY = sumY / points;
    measure(buckets, from, to);
    return this;
  }

  private void measure(Buckets buckets, long from, long to) {
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (long bucket = from; bucket <= to; bucket++) {
      double y = buckets.mean(bucket) - meanY;
      if (!Double.isNaN(y)) {
        double x = bucket - to - meanX;
        xx += x * x;
        xy += x * y;
        yy += y * y;
      }
    }
    slope = xx > 0 ? xy / xx : 0;
    double rest = Math.max(0, yy - slope * xy);
    slopeError = points > 2 && xx > 0 ? Math.sqrt(rest / (points - 2) / xx) : 0;
  }

  int points() {
    return points;
  }

  /** What a bucket adds; 0 where there are fewer than two points. */
  double slope() {
    return slope;
  }

  double slopeError() {
    return slopeError;
  }

  /** The value at the last bucket that was asked for. */
  double atEnd() {
    return meanY - slope * meanX;
  }
}
