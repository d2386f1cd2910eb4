package io.sysmonstm.collector.core;

/** How one loop waits: for a time, or until somebody has something for it. */
interface Waiter {
  /**
   * Waits until a time of the {@link io.sysmonstm.spi.TimeSource}, or until woken. A wake before
   * the call counts.
   *
   * @throws InterruptedException where the loop's thread is interrupted
   */
  void awaitUntil(long nanoTime) throws InterruptedException;

  /** Ends the wait that goes on, or the next one. Any thread. */
  void wake();
}
