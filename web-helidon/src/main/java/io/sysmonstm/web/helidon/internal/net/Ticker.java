package io.sysmonstm.web.helidon.internal.net;

import io.sysmonstm.spi.EventLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Does some short work again and again until it is closed; what fails is logged and done again.
 * Thread-safe.
 */
public final class Ticker implements Runnable, AutoCloseable {
  private static final EventLog LOG = EventLog.of(Ticker.class);

  private final Duration period;
  private final List<Runnable> work;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Creates a ticker, to be run on a thread of its own.
   *
   * @param period the pause between two rounds
   * @param work what is done in each round, in order
   */
  public Ticker(Duration period, List<Runnable> work) {
    this.period = period;
    this.work = List.copyOf(work);
  }

  @Override
  public void run() {
    try {
      while (!closed.await(period.toNanos(), TimeUnit.NANOSECONDS)) {
        round();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Does one round now; rounds never overlap. */
  public synchronized void round() {
    work.forEach(Ticker::once);
  }

  private static void once(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("tick_failed", "a periodic check failed; going on", e);
    }
  }

  /** Ends it after the round that runs. */
  @Override
  public void close() {
    closed.countDown();
  }
}
