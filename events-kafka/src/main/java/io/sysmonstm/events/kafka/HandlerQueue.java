package io.sysmonstm.events.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The messages that one member of a group has polled and not finished, and the thread that hands
 * them to the handler, so that the member can go on polling meanwhile. Bounded by who fills it:
 * nothing is polled while something waits here. Thread-safe.
 */
final class HandlerQueue {
  private final EventHandler handler;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock.
  private final ArrayDeque<ConsumerRecord<byte[], byte[]>> waiting = new ArrayDeque<>();
  private final Map<TopicPartition, OffsetAndMetadata> finished = new HashMap<>();
  private @Nullable TopicPartition running;
  private boolean abandoned;
  private boolean closed;

  HandlerQueue(EventHandler handler) {
    this.handler = handler;
    this.thread = Thread.ofVirtual().name("events-" + handler.name()).start(this::run);
  }

  void add(ConsumerRecord<byte[], byte[]> message) {
    lock.lock();
    try {
      waiting.add(message);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** {@return whether all is finished, for which it waits} */
  boolean awaitIdle(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lockInterruptibly();
    try {
      while ((running != null || !waiting.isEmpty()) && left > 0) {
        left = changed.awaitNanos(left);
      }
      return running == null && waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** {@return where to go on after what was finished since the last call} */
  Map<TopicPartition, OffsetAndMetadata> takeFinished() {
    lock.lock();
    try {
      var taken = Map.copyOf(finished);
      finished.clear();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Puts back what could not be committed. */
  void putBack(Map<TopicPartition, OffsetAndMetadata> taken) {
    lock.lock();
    try {
      taken.forEach(finished::putIfAbsent);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets go of what waits from partitions that others have now; waits for the handler if it is at
   * one of them, after which it counts as not finished.
   */
  void drop(Collection<TopicPartition> partitions, Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lockInterruptibly();
    try {
      waiting.removeIf(message -> partitions.contains(partition(message)));
      while (running != null && partitions.contains(running) && left > 0) {
        left = changed.awaitNanos(left);
      }
      abandoned |= running != null && partitions.contains(running);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what was finished of partitions that were lost. */
  void forget(Collection<TopicPartition> partitions) {
    lock.lock();
    try {
      finished.keySet().removeAll(partitions);
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (var message = take(); message != null; message = take()) {
        handler.handle(message);
        finish(message);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable ConsumerRecord<byte[], byte[]> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.await();
      }
      if (closed) {
        return null;
      }
      var message = waiting.remove();
      running = partition(message);
      return message;
    } finally {
      lock.unlock();
    }
  }

  private void finish(ConsumerRecord<byte[], byte[]> message) {
    lock.lock();
    try {
      if (!abandoned) {
        finished.put(partition(message), new OffsetAndMetadata(message.offset() + 1));
      }
      abandoned = false;
      running = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static TopicPartition partition(ConsumerRecord<byte[], byte[]> message) {
    return new TopicPartition(message.topic(), message.partition());
  }

  boolean isThread(Thread caller) {
    return caller.equals(thread);
  }

  /**
   * Ends the deliveries; a handler that does not return in time is interrupted, and its event
   * counts as not finished.
   */
  void close(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      closed = true;
      waiting.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (!thread.join(patience)) {
      lock.lock();
      try {
        abandoned = running != null;
      } finally {
        lock.unlock();
      }
      thread.interrupt();
      thread.join(patience);
    }
  }
}
