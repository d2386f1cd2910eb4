package io.sysmonstm.aggregator.core;

import io.sysmonstm.spi.Hello;
import java.time.Duration;
import java.time.Instant;

/**
 * By how much the clock of a collector is ahead of ours, as its hello shows it. Small offsets are
 * left alone: they are mostly the way of the hello.
 */
final class ClockOffset {
  static final Duration TOLERATED = Duration.ofSeconds(5);

  private ClockOffset() {}

  /** {@return milliseconds ahead of ours, 0 where it is tolerable or not told} */
  static long millis(Hello hello, Instant now) {
    if (!hello.sentAt().isAfter(Instant.EPOCH)) {
      return 0;
    }
    long ahead = hello.sentAt().toEpochMilli() - now.toEpochMilli();
    return Math.abs(ahead) > TOLERATED.toMillis() ? ahead : 0;
  }

  /** {@return a time of the collector by our clock} Impossible times stay so. */
  static long corrected(long millis, long aheadMillis) {
    long corrected = millis - aheadMillis;
    boolean overflow = ((millis ^ aheadMillis) & (millis ^ corrected)) < 0;
    return overflow ? (millis < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : corrected;
  }
}
