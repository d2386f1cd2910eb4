package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.web.helidon.internal.http.TooManyException;
import java.io.Serial;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Turns at something that costs much, of which there are few at a time. Who was wrong lately waits
 * in a queue of their own, which is short, and holds at most half of the turns, or the only one, so
 * that a flood of them keeps nobody else out. Fair in each queue; thread-safe.
 */
final class Turns {
  static final int WAITING_SUSPECTS = 32;

  private static final String TOO_MANY = "too many log in at once";

  private final Semaphore turns;
  private final Semaphore ofSuspects;
  private final Semaphore waitingSuspects = new Semaphore(WAITING_SUSPECTS);
  private final long queueNanos;

  /** A turn, which is over when it is closed. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /** There was no turn for as long as one waits for it. */
  static final class WaitedInVainException extends SysmonstmException {
    @Serial private static final long serialVersionUID = 1L;

    private WaitedInVainException() {
      super(ErrorCode.RESOURCE_EXHAUSTED, TOO_MANY + ": try again in a moment", null);
    }
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
   * @throws WaitedInVainException where there is none in time
   * @throws TooManyException where too many suspects wait for one already
   */
  Turn take(boolean suspect) {
    long begun = System.nanoTime();
    if (!suspect) {
      acquire(turns, begun);
      return turns::release;
    }
    if (!waitingSuspects.tryAcquire()) {
      throw new TooManyException(TOO_MANY, Duration.ofNanos(queueNanos));
    }
    try {
      return takeAsSuspect(begun);
    } finally {
      waitingSuspects.release();
    }
  }

  private Turn takeAsSuspect(long begun) {
    acquire(ofSuspects, begun);
    try {
      acquire(turns, begun);
    } catch (SysmonstmException none) {
      ofSuspects.release();
      throw none;
    }
    return () -> {
      turns.release();
      ofSuspects.release();
    };
  }

  int waitingSuspects() {
    return WAITING_SUSPECTS - waitingSuspects.availablePermits();
  }

  private void acquire(Semaphore semaphore, long begun) {
    try {
      long left = Math.max(0, queueNanos - (System.nanoTime() - begun));
      if (!semaphore.tryAcquire(left, TimeUnit.NANOSECONDS)) {
        throw new WaitedInVainException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestException(ErrorCode.UNAVAILABLE, "the gateway is stopping", e);
    }
  }
}
