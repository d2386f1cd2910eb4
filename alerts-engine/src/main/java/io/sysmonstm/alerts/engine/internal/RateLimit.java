package io.sysmonstm.alerts.engine.internal;

import java.time.Duration;
import java.util.ArrayDeque;

/** At most so many messages in any minute. Confined to one thread. */
final class RateLimit {
  private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

  private final int most;
  private final ArrayDeque<Long> taken = new ArrayDeque<>();

  RateLimit(int most) {
    this.most = most;
  }

  /** How many may be sent now. */
  int left(long nowNanos) {
    while (!taken.isEmpty() && nowNanos - taken.getFirst() >= WINDOW_NANOS) {
      taken.removeFirst();
    }
    return most - taken.size();
  }

  void take(long nowNanos) {
    taken.addLast(nowNanos);
  }

  /** When the next one may be sent, where none may now. */
  Duration untilNext(long nowNanos) {
    var oldest = taken.peekFirst();
    return oldest == null ? Duration.ZERO : Duration.ofNanos(oldest + WINDOW_NANOS - nowNanos);
  }
}
