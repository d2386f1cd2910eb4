package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Turns at something that costs much, of which there are few at a time. Who was wrong lately waits
 * in a queue of their own and holds at most half of the turns, or the only one, so that a flood of
 * them keeps nobody else out. Fair in each queue; thread-safe.
 */
final class Turns {
  private final Semaphore turns;
  private final Semaphore ofSuspects;
  private final long queueNanos;

  /** A turn, which is over when it is closed. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Creates turns.
   *
   * @param atOnce how many at one time
   * @param queue how long to wait for one
   */
  Turns(int atOnce, Duration queue) {
    this.turns = new Semaphore(atOnce, true);
    this.ofSuspects = new Semaphore(Math.max(1, atOnce / 2), true);
    this.queueNanos = queue.toNanos();
  }

  /**
   * {@return a turn; may block}
   *
   * @param suspect whether who wants it was wrong lately
   * @throws RequestException RESOURCE_EXHAUSTED where there is none in time
   */
  Turn take(boolean suspect) {
    long begun = System.nanoTime();
    if (!suspect) {
      acquire(turns, begun);
      return turns::release;
    }
    acquire(ofSuspects, begun);
    try {
      acquire(turns, begun);
    } catch (RequestException none) {
      ofSuspects.release();
      throw none;
    }
    return () -> {
      turns.release();
      ofSuspects.release();
    };
  }

  private void acquire(Semaphore semaphore, long begun) {
    try {
      long left = Math.max(0, queueNanos - (System.nanoTime() - begun));
      if (!semaphore.tryAcquire(left, TimeUnit.NANOSECONDS)) {
        throw new RequestException(
            ErrorCode.RESOURCE_EXHAUSTED, "too many log in at once: try again in a moment");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestException(ErrorCode.UNAVAILABLE, "the gateway is stopping", e);
    }
  }
}
