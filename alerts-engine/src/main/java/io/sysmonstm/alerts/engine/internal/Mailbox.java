package io.sysmonstm.alerts.engine.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue with one reader, which takes an element out only when it is done with it. A full
 * one drops its oldest. Once closed it takes no more, and its reader is expected to hurry through
 * the rest. Thread-safe.
 */
final class Mailbox<T> {
  private static final Duration HURRY = Duration.ofMillis(50);

  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<T> elements = new ArrayDeque<>();
  private boolean closed;

  Mailbox(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Adds an element without blocking; the one that is lost for it, if any: the oldest, or itself
   * after the close.
   */
  @Nullable T offer(T element) {
    lock.lock();
    try {
      if (closed) {
        return element;
      }
      var dropped = elements.size() >= capacity ? elements.pollFirst() : null;
      elements.addLast(element);
      changed.signalAll();
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the oldest element and leaves it in; null where the mailbox is closed and empty. */
  @Nullable T awaitOldest() throws InterruptedException {
    lock.lock();
    try {
      while (elements.isEmpty() && !closed) {
        changed.await();
      }
      return elements.peekFirst();
    } finally {
      lock.unlock();
    }
  }

  /** The oldest element, which stays in; null where there is none. */
  @Nullable T oldest() {
    lock.lock();
    try {
      return elements.peekFirst();
    } finally {
      lock.unlock();
    }
  }

  /** Takes out an element, unless it was dropped meanwhile. */
  void remove(T element) {
    lock.lock();
    try {
      if (element.equals(elements.peekFirst())) {
        elements.removeFirst();
      }
    } finally {
      lock.unlock();
    }
  }

  List<T> snapshot() {
    lock.lock();
    try {
      return List.copyOf(elements);
    } finally {
      lock.unlock();
    }
  }

  /** Waits; no longer than a moment once the mailbox is closed. */
  void pause(Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long nanos = atMost.toNanos();
      while (nanos > 0 && !closed) {
        // Elements that come do not end the pause.
        nanos = changed.awaitNanos(nanos);
      }
      if (closed) {
        nanos = Math.min(nanos, HURRY.toNanos());
        while (nanos > 0) {
          nanos = changed.awaitNanos(nanos);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return elements.size();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
