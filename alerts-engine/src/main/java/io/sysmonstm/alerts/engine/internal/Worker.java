package io.sysmonstm.alerts.engine.internal;

import java.time.Duration;
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
