package io.sysmonstm.collector.core;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: a random time below a limit that doubles from 1 s to 60
 * s ("full jitter"), so that a fleet does not come back in step. Confined to one thread.
 */
final class Backoff {
  static final long FIRST_NANOS = 1_000_000_000L;
  static final long GREATEST_NANOS = 60 * FIRST_NANOS;

  private final RandomGenerator random;
  private int failures;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** Counts a failure; the time to wait for it. */
  long nextNanos() {
    long limit = Math.min(GREATEST_NANOS, FIRST_NANOS << Math.min(failures, 6));
    failures++;
    return random.nextLong(limit + 1);
  }

  /** Begins anew, after success. */
  void reset() {
    failures = 0;
  }

  int failures() {
    return failures;
  }
}
