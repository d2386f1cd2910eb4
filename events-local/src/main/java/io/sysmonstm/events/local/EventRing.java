package io.sysmonstm.events.local;

import io.sysmonstm.spi.Event;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue that makes room by dropping its oldest event. For many publishers and one taker.
 */
final class EventRing {
  /** What became of an event that was put in. */
  enum Put {
    /** There was room. */
    STORED,
    /** It took the room of the oldest, for the first time since the queue was half empty. */
    OVERFLOWED,
    /** It took the room of the oldest, as others did before. */
    DROPPED_OLDEST,
    /** It was not taken. */
    CLOSED
  }

  private final @Nullable Event[] slots;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private int head;
  private int size;
  private boolean overflowing;
  private boolean closed;

  EventRing(int capacity) {
    slots = new @Nullable Event[capacity];
  }

  Put put(Event event) {
    lock.lock();
    try {
      if (closed) {
        return Put.CLOSED;
      }
      slots[(head + size) % slots.length] = event;
      if (size < slots.length) {
        size++;
        if (size == 1) {
          filled.signal();
        }
        return Put.STORED;
      }
      // The slot after the newest is the oldest's: it has just been overwritten.
      head = (head + 1) % slots.length;
      boolean first = !overflowing;
      overflowing = true;
      return first ? Put.OVERFLOWED : Put.DROPPED_OLDEST;
    } finally {
      lock.unlock();
    }
  }

  /** {@return the oldest event, waited for; null once the queue is closed} */
  @Nullable Event take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (size == 0 && !closed) {
        filled.await();
      }
      if (closed) {
        return null;
      }
      var event = slots[head];
      slots[head] = null;
      head = (head + 1) % slots.length;
      size--;
      if (size <= slots.length / 2) {
        overflowing = false;
      }
      return event;
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of all events and takes no more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      size = 0;
      Arrays.fill(slots, null);
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }
}
