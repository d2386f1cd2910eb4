package io.sysmonstm.collector.core;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The collector's threads. Daemons of the platform, not virtual ones: a reading that hangs in
 * native code, as on a dead network file system, holds its carrier; on a machine with one core that
 * would stop every virtual thread of the process.
 */
final class CollectorThreads {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private CollectorThreads() {}

  private static Thread.Builder.OfPlatform builder() {
    return Thread.ofPlatform().daemon().inheritInheritableThreadLocals(false);
  }

  static Thread daemon(String name, Runnable task) {
    return builder().name(name).unstarted(task);
  }

  /**
   * Threads for the sources: as many as have a reading going on, kept from one cycle to the next.
   */
  static ExecutorService readers(Duration interval) {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        interval.multipliedBy(4).toMillis(),
        TimeUnit.MILLISECONDS,
        new SynchronousQueue<>(),
        builder().name("sysmonstm-source-", 1).factory());
  }

  static void join(Thread thread) {
    join(thread, Duration.ZERO);
  }

  /**
   * Waits for the end of a thread that is about to end by itself; interrupts it where it does not.
   */
  static void join(Thread thread, Duration busy) {
    try {
      if (!thread.join(busy.plus(PATIENCE))) {
        thread.interrupt();
      }
    } catch (InterruptedException hurry) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  static void end(ExecutorService readers) {
    readers.shutdownNow();
    try {
      readers.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }
}
