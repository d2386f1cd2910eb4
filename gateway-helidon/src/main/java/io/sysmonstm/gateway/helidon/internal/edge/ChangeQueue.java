package io.sysmonstm.gateway.helidon.internal.edge;

import io.sysmonstm.gateway.helidon.internal.live.Follower;
import io.sysmonstm.spi.AlertEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What has changed since it was sent: of machines only the names, since the newest state is what
 * counts when there is room on the link; of alerts the last few changes. Bounded by the machines
 * and by {@value #MAX_ALERTS} changes of alerts, of which the oldest is dropped first. Thread-safe;
 * nothing but {@link #take} waits.
 */
final class ChangeQueue implements Follower {
  static final int MAX_ALERTS = 1_000;

  /** One thing to send: a machine, where there is no alert. */
  record Change(String machineId, Optional<AlertEvent> alert) {}

  private final LongAdder dropped;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  // All guarded by the lock.
  private final Set<String> machines = new LinkedHashSet<>();
  private final Deque<AlertEvent> alerts = new ArrayDeque<>();
  private boolean open;

  /**
   * Creates an empty queue that takes nothing.
   *
   * @param dropped counts changes of alerts beyond the bound
   */
  ChangeQueue(LongAdder dropped) {
    this.dropped = dropped;
  }

  /** Begins anew, for a link that is about to get a snapshot. */
  void open() {
    set(true);
  }

  /**
   * Forgets what waits, and takes no more: while there is no link, the next snapshot has it all.
   */
  void close() {
    set(false);
  }

  private void set(boolean takes) {
    lock.lock();
    try {
      machines.clear();
      alerts.clear();
      open = takes;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void changed(String machineId) {
    lock.lock();
    try {
      if (open && machines.add(machineId)) {
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void alert(AlertEvent event) {
    lock.lock();
    try {
      if (open) {
        if (alerts.size() == MAX_ALERTS) {
          alerts.removeFirst();
          dropped.increment();
        }
        alerts.addLast(event);
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes what was changed first, alerts before machines; empty where nothing is in time.
   *
   * @param patience how long to wait at the most
   */
  Optional<Change> take(Duration patience) throws InterruptedException {
    long nanos = patience.toNanos();
    lock.lockInterruptibly();
    try {
      while (machines.isEmpty() && alerts.isEmpty()) {
        if (nanos <= 0) {
          return Optional.empty();
        }
        nanos = filled.awaitNanos(nanos);
      }
      if (!alerts.isEmpty()) {
        var event = alerts.removeFirst();
        return Optional.of(new Change(event.alert().machineId(), Optional.of(event)));
      }
      var all = machines.iterator();
      var first = all.next();
      all.remove();
      return Optional.of(new Change(first, Optional.empty()));
    } finally {
      lock.unlock();
    }
  }
}
