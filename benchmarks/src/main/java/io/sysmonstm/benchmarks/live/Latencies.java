package io.sysmonstm.benchmarks.live;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts latencies by the millisecond. Thread-safe. */
final class Latencies {
  private static final int LONGEST_MILLIS = 60_000;

  private final AtomicLongArray counts = new AtomicLongArray(LONGEST_MILLIS + 1);

  void add(long millis) {
    counts.incrementAndGet(Math.clamp(millis, 0, LONGEST_MILLIS));
  }

  long count() {
    long all = 0;
    for (int i = 0; i <= LONGEST_MILLIS; i++) {
      all += counts.get(i);
    }
    return all;
  }

  void reset() {
    for (int i = 0; i <= LONGEST_MILLIS; i++) {
      counts.set(i, 0);
    }
  }

  /** Returns the latency that a share of all do not exceed. */
  int quantile(double share) {
    long rank = (long) Math.ceil(share * count());
    long seen = 0;
    for (int i = 0; i < LONGEST_MILLIS; i++) {
      seen += counts.get(i);
      if (seen >= rank) {
        return i;
      }
    }
    return LONGEST_MILLIS;
  }
}
