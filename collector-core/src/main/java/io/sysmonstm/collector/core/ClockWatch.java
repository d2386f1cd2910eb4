package io.sysmonstm.collector.core;

import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * Notices that the wall clock was set, or that the machine slept while the monotonic clock stood
 * still. Confined to one thread.
 */
final class ClockWatch {
  /** How far the clocks may part between two looks, in milliseconds. */
  static final long MAX_STEP_MILLIS = 5_000;

  private final TimeSource time;
  private Instant wall;
  private long nanos;

  ClockWatch(TimeSource time) {
    this.time = time;
    this.wall = time.instant();
    this.nanos = time.nanoTime();
  }

  /** Whether it happened since the last look. */
  boolean hasStepped() {
    var nowWall = time.instant();
    long nowNanos = time.nanoTime();
    long stepMillis = Duration.between(wall, nowWall).toMillis() - (nowNanos - nanos) / 1_000_000;
    wall = nowWall;
    nanos = nowNanos;
    return Math.abs(stepMillis) > MAX_STEP_MILLIS;
  }
}
