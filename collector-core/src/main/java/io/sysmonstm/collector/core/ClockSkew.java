package io.sysmonstm.collector.core;

import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * How far the wall clock is ahead of the aggregator's. Measured once per stream; a later step of
 * the local clock shows against the monotonic clock, and is added. Immutable.
 */
record ClockSkew(long millisAtWelcome, Instant wall, long nanos) {
  /**
   * Compares the welcome with when it came; the way it took, a few milliseconds, is in the result.
   */
  static ClockSkew measured(Instant serverTime, Instant receivedAt, long receivedNanos) {
    return new ClockSkew(
        Duration.between(serverTime, receivedAt).toMillis(), receivedAt, receivedNanos);
  }

  /**
   * How far the wall clock has been stepped since the measurement; negative where it was set back.
   */
  long steppedMillis(TimeSource time) {
    long elapsedMillis = (time.nanoTime() - nanos) / 1_000_000;
    return Duration.between(wall, time.instant()).toMillis() - elapsedMillis;
  }

  long millis(TimeSource time) {
    return millisAtWelcome + steppedMillis(time);
  }
}
