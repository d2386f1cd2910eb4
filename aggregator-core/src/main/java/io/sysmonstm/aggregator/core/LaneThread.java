package io.sysmonstm.aggregator.core;

import io.sysmonstm.spi.EventLog;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The few threads of an aggregator that live as long as it does. Platform threads: a store whose
 * native code holds up the carriers of virtual ones must not hold up the lanes beside it.
 */
final class LaneThread {
  private static final EventLog LOG = EventLog.of(Aggregator.class);
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private LaneThread() {}

  static Thread start(String name, Runnable task) {
    return Thread.ofPlatform().daemon().name(name).start(task);
  }

  /** Waits for a thread, for as long as the grace at the most, then interrupts it. */
  static void end(@Nullable Thread thread, Duration grace) {
    if (thread == null) {
      return;
    }
    try {
      if (!grace.isPositive() || !thread.join(grace)) {
        thread.interrupt();
        if (!thread.join(LAST_WORDS)) {
          LOG.warn(
              "thread_held_up",
              "a thread of the aggregator does not end",
              null,
              "thread",
              thread.getName());
        }
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
