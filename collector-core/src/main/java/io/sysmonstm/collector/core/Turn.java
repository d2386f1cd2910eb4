package io.sysmonstm.collector.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/**
 * The readings of a cycle that share one thread, which does one after the other: a thread that
 * wakes up costs more than most readings do. Where one of them takes long it stays behind with its
 * thread, and those that wait behind it get another one. Confined to the schedule's thread, but for
 * {@link #run}.
 */
final class Turn implements Runnable {
  /** How long a reading may hold up those behind it. */
  static final long PATIENCE_NANOS = 100_000_000L;

  private final Executor executor;
  private final Queue<Reading> waiting = new ConcurrentLinkedQueue<>();

  Turn(Executor executor) {
    this.executor = executor;
  }

  void add(Reading reading) {
    waiting.add(reading);
  }

  /** Has one more thread do what waits, if anything does. */
  void begin(long nowNanos) {
    if (!waiting.isEmpty()) {
      for (var reading : waiting) {
        reading.offer(nowNanos);
      }
      executor.execute(this);
    }
  }

  @Override
  public void run() {
    for (var next = waiting.poll(); next != null; next = waiting.poll()) {
      next.run();
    }
  }
}
