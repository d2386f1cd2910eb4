package io.sysmonstm.distributions;

import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Says something at once, and again each minute until it is closed. Thread-safe. */
final class Reminder implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final TimeSource time;
  private final Runnable say;
  private final CountDownLatch closed = new CountDownLatch(1);
  // Guarded by this.
  private long saidAt;

  private Reminder(TimeSource time, Runnable say) {
    this.time = time;
    this.say = say;
    saidAt = time.nanoTime();
  }

  static Reminder begin(TimeSource time, Runnable say) {
    var reminder = new Reminder(time, say);
    say.run();
    return reminder;
  }

  /** Says it again where a minute has passed. */
  synchronized void look() {
    long now = time.nanoTime();
    if (now - saidAt >= PERIOD.toNanos()) {
      saidAt = now;
      say.run();
    }
  }

  Reminder follow(Executor executor) {
    executor.execute(
        () -> {
          try {
            while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
              look();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return this;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
