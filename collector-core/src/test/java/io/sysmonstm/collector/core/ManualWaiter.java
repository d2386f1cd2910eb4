package io.sysmonstm.collector.core;

import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Waits for a manual clock; all of one {@link Clockwork} are moved together. */
final class ManualWaiter implements Waiter {
  /** A manual clock, and those who wait for it. */
  static final class Clockwork {
    final ManualTime time = new ManualTime();
    private final List<ManualWaiter> waiters = new CopyOnWriteArrayList<>();

    ManualWaiter newWaiter() {
      var waiter = new ManualWaiter(time);
      waiters.add(waiter);
      return waiter;
    }

    void advance(Duration by) {
      time.advance(by);
      waiters.forEach(ManualWaiter::look);
    }
  }

  private final ManualTime time;
  // Guarded by this.
  private boolean woken;
  private boolean waiting;
  private long untilNanos;

  private ManualWaiter(ManualTime time) {
    this.time = time;
  }

  @Override
  public synchronized void awaitUntil(long nanoTime) throws InterruptedException {
    untilNanos = nanoTime;
    while (!woken && time.nanoTime() - nanoTime < 0) {
      waiting = true;
      wait();
    }
    waiting = false;
    woken = false;
  }

  @Override
  public synchronized void wake() {
    woken = true;
    notifyAll();
  }

  private synchronized void look() {
    notifyAll();
  }

  /** Waits until the loop waits for the given time since the clock's start. */
  void awaitWaitingFor(Duration sinceStart) {
    Eventually.until("the loop waits for " + sinceStart, () -> isWaitingFor(sinceStart.toNanos()));
  }

  private synchronized boolean isWaitingFor(long nanoTime) {
    return waiting && !woken && untilNanos == nanoTime;
  }
}
