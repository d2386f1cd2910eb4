package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.spi.EventLog;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A task of the executor that ends by itself when told to. */
public final class Worker {
  /** What a worker runs. */
  @FunctionalInterface
  public interface Body {
    /**
     * Runs until it is told to end.
     *
     * @throws InterruptedException where it is interrupted
     */
    void run() throws InterruptedException;
  }

  private static final EventLog LOG = EventLog.of(Worker.class);

  private final Future<?> future;

  private Worker(Future<?> future) {
    this.future = future;
  }

  /**
   * {@return a worker that has begun}
   *
   * @param executor runs it
   * @param body what it does
   */
  public static Worker start(ExecutorService executor, Body body) {
    return new Worker(
        executor.submit(
            () -> {
              try {
                body.run();
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              }
            }));
  }

  /**
   * {@return a worker that does something again and again, whatever becomes of it}
   *
   * @param executor runs it
   * @param period the pause before each time
   * @param ending counted down where it is to end
   * @param step what it does
   */
  public static Worker repeat(
      ExecutorService executor, Duration period, CountDownLatch ending, Runnable step) {
    return start(
        executor,
        () -> {
          while (!ending.await(period.toNanos(), TimeUnit.NANOSECONDS)) {
            try {
              step.run();
            } catch (RuntimeException failure) {
              LOG.error("alert_engine_step_failed", "A periodic step failed; it goes on", failure);
            }
          }
        });
  }

  /**
   * Waits for the end, and interrupts what does not end in time.
   *
   * @param patience how long to wait
   */
  public void join(Duration patience) {
    try {
      future.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException stopped) {
      future.cancel(true);
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException late) {
      future.cancel(true);
    }
  }
}
