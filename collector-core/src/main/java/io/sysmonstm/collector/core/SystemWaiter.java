package io.sysmonstm.collector.core;

import io.sysmonstm.spi.TimeSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Waits in real time. */
final class SystemWaiter implements Waiter {
  private final TimeSource time;
  private final Semaphore woken = new Semaphore(0);

  SystemWaiter(TimeSource time) {
    this.time = time;
  }

  @Override
  public void awaitUntil(long nanoTime) throws InterruptedException {
    long nanos = nanoTime - time.nanoTime();
    if (woken.tryAcquire(Math.max(0, nanos), TimeUnit.NANOSECONDS)) {
      woken.drainPermits();
    }
  }

  @Override
  public void wake() {
    woken.release();
  }
}
