package io.sysmonstm.collector.core.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.SampleSink;

/**
 * The rate of a cumulative counter, from its last two readings and the monotonic clock. A counter
 * that goes backwards was reset, or belongs to another device by now: it has no rate until the next
 * reading. Confined to one thread.
 */
final class CounterRate {
  /** Readings closer than this say nothing; OSHI itself answers from a cache for 300 ms. */
  private static final long LEAST_NANOS = 400_000_000L;

  private boolean started;
  private long lastTotal;
  private long lastNanos;
  private double perSecond;

  /** Takes a reading; tells whether {@link #perSecond} has a value for it. */
  boolean update(long total, long nanos) {
    long elapsed = nanos - lastNanos;
    if (started && elapsed < LEAST_NANOS) {
      return false;
    }
    boolean known = started && total >= lastTotal;
    if (known) {
      perSecond = (total - lastTotal) * 1e9 / elapsed;
    }
    started = total >= 0;
    lastTotal = total;
    lastNanos = nanos;
    return known;
  }

  /** Takes a reading, and adds its rate as a sample where it has one. */
  void addTo(SampleSink sink, String metric, Labels labels, long total, long nanos) {
    if (update(total, nanos)) {
      sink.add(metric, labels, perSecond);
    }
  }

  /** The rate of the last reading for which {@link #update} said so. */
  double perSecond() {
    return perSecond;
  }
}
