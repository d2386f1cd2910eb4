package io.sysmonstm.alerts.engine.internal;

import java.util.Arrays;

/**
 * The means of one series over equal stretches of time, the last {@value #SPAN} of which are a
 * rule's {@code over}. Memory is the same however many samples come; a stretch without samples is
 * NaN. Guarded by the engine's lock.
 */
final class Buckets {
  /** The number of buckets that {@code over} is divided into. */
  static final int SPAN = 48;

  private static final int SIZE = 64;
  private static final int MASK = SIZE - 1;
  private static final long NONE = Long.MIN_VALUE;

  private final long widthMillis;
  private final double[] means = new double[SIZE];
  private long newest = NONE;
  private int count;

  Buckets(long overMillis) {
    widthMillis = Math.ceilDiv(overMillis, SPAN);
  }

  long widthMillis() {
    return widthMillis;
  }

  boolean isEmpty() {
    return newest == NONE;
  }

  /** The number of the newest bucket; there must be one. */
  long newest() {
    return newest;
  }

  /**
   * Takes a sample; true where it begins another bucket, so that the one before is complete. One of
   * an earlier bucket is left out.
   */
  boolean add(long millis, double value) {
    long bucket = Math.floorDiv(millis, widthMillis);
    if (bucket == newest) {
      means[(int) bucket & MASK] += (value - means[(int) bucket & MASK]) / ++count;
      return false;
    }
    if (bucket < newest) {
      return false;
    }
    if (newest == NONE || bucket - newest >= SIZE) {
      Arrays.fill(means, Double.NaN);
    } else {
      for (long skipped = newest + 1; skipped < bucket; skipped++) {
        means[(int) skipped & MASK] = Double.NaN;
      }
    }
    newest = bucket;
    means[(int) bucket & MASK] = value;
    count = 1;
    return true;
  }

  /** The mean of a bucket, NaN where nothing is known of it. */
  double mean(long bucket) {
    return newest == NONE || bucket > newest || bucket <= newest - SIZE
        ? Double.NaN
        : means[(int) bucket & MASK];
  }

  /** The newest bucket with samples at or before one, or one that is too old to be kept. */
  long atOrBefore(long bucket) {
    long found = bucket;
    while (found > newest - SIZE && Double.isNaN(mean(found))) {
      found--;
    }
    return found;
  }

  /** The oldest bucket with samples at or after one, or one that is in the future. */
  long atOrAfter(long bucket) {
    long found = bucket;
    while (found <= newest && Double.isNaN(mean(found))) {
      found++;
    }
    return found;
  }

  /** Where a time lies, in buckets: the middle of bucket 7 is 7. */
  double position(long millis) {
    return Math.floorDiv(millis, widthMillis)
        + (double) Math.floorMod(millis, widthMillis) / widthMillis
        - 0.5;
  }

  void clear() {
    newest = NONE;
  }
}
