package io.sysmonstm.collector.core;

import java.time.Duration;
import java.util.ArrayDeque;

/** How often something has happened within the last ten minutes. Thread-safe. */
final class RecentConflicts {
  static final Duration WINDOW = Duration.ofMinutes(10);

  // More of them would tell nobody more.
  private static final int MOST = 100;

  private final ArrayDeque<Long> times = new ArrayDeque<>();

  synchronized void add(long nowNanos) {
    times.addLast(nowNanos);
    if (times.size() > MOST) {
      times.removeFirst();
    }
  }

  synchronized int count(long nowNanos) {
    while (!times.isEmpty() && nowNanos - times.getFirst() >= WINDOW.toNanos()) {
      times.removeFirst();
    }
    return times.size();
  }
}
