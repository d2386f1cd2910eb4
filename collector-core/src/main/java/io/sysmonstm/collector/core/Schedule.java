package io.sysmonstm.collector.core;

/**
 * The grid of ticks: tick n is due at start + n · interval of the monotonic clock, so that late
 * ticks do not shift the ones after them. Immutable.
 */
final class Schedule {
  private final long startNanos;
  private final long intervalNanos;

  Schedule(long startNanos, long intervalNanos) {
    this.startNanos = startNanos;
    this.intervalNanos = intervalNanos;
  }

  long dueNanos(long tick) {
    return startNanos + tick * intervalNanos;
  }

  /** The last tick that was due at the given time. */
  long tickAt(long nanoTime) {
    return Math.floorDiv(nanoTime - startNanos, intervalNanos);
  }

  /**
   * The tick to wait for, after one that began at the given time. A tick that would follow within
   * half an interval of a late one is left out, because a rate over so short a time says nothing.
   */
  long next(long begunNanos) {
    return Math.floorDiv(begunNanos - startNanos + intervalNanos / 2, intervalNanos) + 1;
  }
}
