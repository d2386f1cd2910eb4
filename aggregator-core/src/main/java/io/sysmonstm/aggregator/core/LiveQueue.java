package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings batches to one place that shows them, on a thread of its own: a place that blocks although
 * it must not holds up neither who brings batches nor the other place. Bounded by events and by
 * samples; the oldest gives way, since the newest is what is looked at. Thread-safe.
 */
final class LiveQueue {
  static final int MAX_EVENTS = 1 << 14;
  private static final int MAX_SAMPLES = 1 << 19;
  private static final Duration STALLED_AFTER = Duration.ofSeconds(2);
  private static final int RUN = 64;
  private static final long NAP_NANOS = 1_000_000;
  // So many in one nap is a steady stream, not the cycle of a few machines.
  private static final int BUSY = 8;
  private static final long BUSY_NAP_NANOS = 4_000_000;

  private final Part part;
  private final Consumer<MetricsEvent> place;
  private final TimeSource time;
  private final LongAdder dropped;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  // All guarded by the lock.
  private final ArrayDeque<MetricsEvent> queue = new ArrayDeque<>();
  private long samples;
  private boolean waiting;
  private boolean closing;
  private volatile boolean calling;
  private volatile long callingSinceNanos;
  private @Nullable Thread thread;

  LiveQueue(Part part, Consumer<MetricsEvent> place, TimeSource time, SelfMetrics metrics) {
    this.part = part;
    this.place = place;
    this.time = time;
    var labels = Labels.of("part", part.name());
    dropped =
        metrics.counter(
            "aggregator_live_dropped_batches_total",
            "Batches that were not shown because the place for it was too slow.",
            labels);
    metrics.gauge(
        "aggregator_live_waiting_batches", "Batches that wait to be shown.", labels, this::size);
  }

  Part part() {
    return part;
  }

  void start() {
    thread = LaneThread.start("aggregator-" + part.name(), this::run);
  }

  void add(MetricsEvent event) {
    lock.lock();
    try {
      queue.addLast(event);
      samples += event.batch().size();
      while (queue.size() > MAX_EVENTS || (samples > MAX_SAMPLES && queue.size() > 1)) {
        samples -= queue.removeFirst().batch().size();
        dropped.increment();
      }
      if (waiting) {
        waiting = false;
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private int size() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    var taken = new @Nullable MetricsEvent[RUN];
    try {
      int count = take(taken);
      while (count > 0 && !Thread.currentThread().isInterrupted()) {
        for (int i = 0; i < count; i++) {
          var event = taken[i];
          if (event != null) {
            show(event);
          }
        }
        Arrays.fill(taken, 0, count, null);
        if (count < RUN) {
          // Under load a wake-up for each batch would cost more than the batch.
          LockSupport.parkNanos(count < BUSY ? NAP_NANOS : BUSY_NAP_NANOS);
        }
        count = take(taken);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int take(@Nullable MetricsEvent[] into) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (queue.isEmpty()) {
        if (closing) {
          return 0;
        }
        waiting = true;
        filled.await();
      }
      int count = 0;
      while (count < into.length && !queue.isEmpty()) {
        var event = queue.removeFirst();
        samples -= event.batch().size();
        into[count++] = event;
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  private void show(MetricsEvent event) {
    callingSinceNanos = time.nanoTime();
    calling = true;
    try {
      place.accept(event);
      part.worked();
    } catch (RuntimeException | LinkageError e) {
      part.failed(e);
    } finally {
      calling = false;
    }
  }

  /** Tells of a call that does not return; to be called now and then. */
  void watch() {
    if (calling && time.nanoTime() - callingSinceNanos > STALLED_AFTER.toNanos()) {
      part.stalled("no answer within " + STALLED_AFTER.toSeconds() + " s");
    }
  }

  /** Shows what waits, for as long as the grace at the most, and ends. */
  void close(Duration grace) {
    lock.lock();
    try {
      closing = true;
      filled.signal();
    } finally {
      lock.unlock();
    }
    LaneThread.end(thread, grace);
  }
}
