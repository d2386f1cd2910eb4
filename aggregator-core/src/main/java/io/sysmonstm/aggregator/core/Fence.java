package io.sysmonstm.aggregator.core;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which stream may speak for a machine: the one that said hello last. Only within this process: two
 * aggregators that serve one machine write each batch once all the same, by its number, but neither
 * ends the stream of the other. Guarded by the lock of its {@link Machine}.
 */
final class Fence {
  /** More takeovers than this within {@link #WINDOW} are two processes with one identity. */
  static final int TOLERATED = 3;

  static final Duration WINDOW = Duration.ofMinutes(5);

  private final long[] takeoverNanos = new long[TOLERATED + 1];
  private long takeovers;
  private @Nullable Session holder;

  /** {@return the stream that has to end, or null where there was none} */
  @Nullable Session admit(Session newest) {
    var before = holder;
    holder = newest;
    return before;
  }

  void leave(Session session) {
    if (holder == session) {
      holder = null;
    }
  }

  /** Counts a takeover by another process; tells whether there were too many of late. */
  boolean isContested(long nowNanos) {
    int at = (int) (takeovers % takeoverNanos.length);
    boolean full = takeovers >= takeoverNanos.length - 1;
    takeoverNanos[at] = nowNanos;
    takeovers++;
    long oldest = takeoverNanos[(at + 1) % takeoverNanos.length];
    return full && nowNanos - oldest <= WINDOW.toNanos();
  }
}
