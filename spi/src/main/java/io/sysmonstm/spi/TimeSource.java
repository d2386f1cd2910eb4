package io.sysmonstm.spi;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The wall clock and a monotonic one; cadence, time-outs and staleness use the monotonic one.
 * Thread-safe.
 */
public interface TimeSource extends InstantSource {
  /** {@return the time of the machine that this runs on} */
  static TimeSource system() {
    return new TimeSource() {
      @Override
      public Instant instant() {
        return Instant.now();
      }

      @Override
      public long nanoTime() {
        return System.nanoTime();
      }
    };
  }

  /** {@return nanoseconds from an arbitrary origin; only differences mean something} */
  long nanoTime();
}
