package io.sysmonstm.events.redis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;

/**
 * A queue with a bound on its elements and on their bytes, which makes room by dropping the oldest.
 * Thread-safe.
 */
final class BoundedQueue<T> {
  private static final long MAX_BYTES = 16L << 20;

  private final int capacity;
  private final ToLongFunction<T> bytesOf;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final ArrayDeque<T> elements = new ArrayDeque<>();
  private long bytes;
  private boolean closed;

  BoundedQueue(int capacity, ToLongFunction<T> bytesOf) {
    this.capacity = capacity;
    this.bytesOf = bytesOf;
  }

  /** {@return how many were dropped for it; a closed queue takes nothing and drops nothing} */
  int put(T element) {
    lock.lock();
    try {
      if (closed) {
        return 0;
      }
      elements.add(element);
      bytes += bytesOf.applyAsLong(element);
      int dropped = 0;
      while (elements.size() > capacity || (bytes > MAX_BYTES && elements.size() > 1)) {
        bytes -= bytesOf.applyAsLong(elements.remove());
        dropped++;
      }
      filled.signal();
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /** {@return the oldest, up to a number; none where none came in time or the queue is closed} */
  List<T> take(int atMost, Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = patience.toNanos();
      while (elements.isEmpty() && !closed && left > 0) {
        left = filled.awaitNanos(left);
      }
      var taken = new ArrayList<T>(Math.min(atMost, elements.size()));
      while (taken.size() < atMost && !elements.isEmpty()) {
        var element = elements.remove();
        bytes -= bytesOf.applyAsLong(element);
        taken.add(element);
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      elements.clear();
      bytes = 0;
      filled.signalAll();
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
}
