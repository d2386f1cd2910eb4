package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.Ack.Durability;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The way to history: one thread writes groups of batches and acknowledges them, another looks
 * after those that wait for too long, since the first may be held up by the store.
 */
final class HistoryLane {
  private static final EventLog LOG = EventLog.of(Aggregator.class);
  private static final int BROKEN_WAITS = 5;
  private static final long LEFT_WAIT_NANOS = 10_000_000;

  private final Limits limits;
  private final TimeSource time;
  private final Counters counters;
  private final Acknowledger acknowledger;
  private final InFlight inFlight;
  private final Part part;
  private final HistoryWriter writer;
  private final List<Part> observed;
  // Confined to the writer.
  private final ArrayList<Batch> batches = new ArrayList<>();
  private final ArrayList<Pending> done = new ArrayList<>();
  private final ArrayList<Pending> left = new ArrayList<>();
  private final ArrayList<Pending> lost = new ArrayList<>();
  private final ArrayList<Session> resumed = new ArrayList<>();
  private volatile boolean writing;
  private volatile long writingSinceNanos;
  private volatile long lastFlushMicros;
  private volatile boolean stopped;
  private @Nullable Thread writerThread;
  private @Nullable Thread watchThread;

  HistoryLane(
      HistoryStore store,
      Limits limits,
      TimeSource time,
      SelfMetrics metrics,
      Counters counters,
      LiveLane live) {
    this.limits = limits;
    this.time = time;
    this.counters = counters;
    this.acknowledger = new Acknowledger(counters);
    this.inFlight = new InFlight(limits, counters, time);
    this.part = new Part("history", store::health, metrics);
    this.writer = new HistoryWriter(store, part);
    this.observed = List.of(part, live.currentState(), live.bus());
    gauges(metrics);
  }

  private void gauges(SelfMetrics metrics) {
    var none = Labels.empty();
    metrics.gauge(
        "aggregator_in_flight_bytes", "Memory of what waits for history.", none, inFlight::bytes);
    metrics.gauge(
        "aggregator_in_flight_batches", "Batches that wait for history.", none, inFlight::size);
    metrics.gauge(
        "aggregator_last_flush_microseconds",
        "Time of the last committed write to history.",
        none,
        () -> lastFlushMicros);
  }

  Acknowledger acknowledger() {
    return acknowledger;
  }

  InFlight inFlight() {
    return inFlight;
  }

  Part part() {
    return part;
  }

  void start() {
    writerThread = Thread.ofVirtual().name("aggregator-writer").start(this::writeAll);
    watchThread = Thread.ofVirtual().name("aggregator-watch").start(this::watchAll);
  }

  /** Writes what waits, for as long as the grace at the most, and ends both threads. */
  void close() {
    inFlight.close();
    end(writerThread, limits.closeGrace());
    stopped = true;
    end(watchThread, Duration.ZERO);
    watch();
  }

  private static void end(@Nullable Thread thread, Duration grace) {
    if (thread == null) {
      return;
    }
    try {
      if (grace.isZero() || !thread.join(grace)) {
        thread.interrupt();
        boolean ended = thread.join(Duration.ofSeconds(1));
        if (!ended) {
          LOG.warn(
              "thread_held_up",
              "a thread of the aggregator does not end",
              null,
              "thread",
              thread.getName());
        }
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void writeAll() {
    long notBefore = time.nanoTime();
    try {
      while (true) {
        var flush = inFlight.take(time, notBefore);
        if (flush.isEmpty()) {
          return;
        }
        boolean leftSome = write(flush);
        if (writer.failed()) {
          long waits = writer.broken() ? BROKEN_WAITS : 1;
          notBefore = time.nanoTime() + waits * limits.retryEvery().toNanos();
        } else if (leftSome) {
          notBefore = time.nanoTime() + LEFT_WAIT_NANOS;
        }
        if (Thread.interrupted()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      // The grace is over: what was not written is not acknowledged, and comes again.
      Thread.currentThread().interrupt();
    }
  }

  // Returns whether something is left for another attempt.
  private boolean write(List<Pending> flush) {
    for (var pending : flush) {
      if (!pending.duplicate) {
        batches.add(pending.batch);
      }
    }
    long begin = time.nanoTime();
    writingSinceNanos = begin;
    writing = true;
    writer.write(batches, time.instant());
    long micros = (time.nanoTime() - begin) / 1000;
    batches.clear();
    return settle(flush, micros);
  }

  // All under one lock, so that who looks for overdue batches finds none that is decided already.
  private boolean settle(List<Pending> flush, long micros) {
    var lock = acknowledger.lock();
    lock.lock();
    try {
      writing = false;
      writer.report();
      decide(flush, micros);
      acknowledger.acknowledge(done, Durability.DURABLE, Duration.ZERO);
      acknowledger.acknowledge(lost, Durability.VOLATILE, limits.retryAfter());
      done.addAll(lost);
      inFlight.settled(done, left, writer.failed(), resumed);
      acknowledger.resume(resumed);
      return !left.isEmpty();
    } finally {
      lock.unlock();
      done.clear();
      left.clear();
      lost.clear();
      resumed.clear();
    }
  }

  private void decide(List<Pending> flush, long micros) {
    long samples = 0;
    int at = 0;
    for (var pending : flush) {
      if (pending.duplicate) {
        continue;
      }
      if (writer.isWritten(at)) {
        samples += pending.batch.size();
        done(pending);
      } else if (writer.isRefused(at)) {
        counters.refusedByHistory.increment();
        done(pending);
      } else {
        left.add(pending);
      }
      at++;
    }
    if (samples > 0) {
      counters.flushes.increment();
      counters.flushedSamples.add(samples);
      counters.flushMicros.add(micros);
      lastFlushMicros = micros;
    }
    for (var pending : flush) {
      if (pending.duplicate) {
        decideDuplicate(pending);
      }
    }
  }

  private void done(Pending pending) {
    var lock = pending.log.machine().lock();
    lock.lock();
    try {
      pending.log.commit(pending.batch.seq());
    } finally {
      lock.unlock();
    }
    done.add(pending);
  }

  // The first of it went before, in this flush or an earlier one, unless it left memory meanwhile.
  private void decideDuplicate(Pending pending) {
    var lock = pending.log.machine().lock();
    long seq = pending.batch.seq();
    lock.lock();
    try {
      if (pending.log.isCommitted(seq)) {
        done.add(pending);
      } else if (pending.log.isInFlight(seq)) {
        left.add(pending);
      } else {
        lost.add(pending);
      }
    } finally {
      lock.unlock();
    }
  }

  private void watchAll() {
    long tickNanos = Math.clamp(limits.volatileAfter().toNanos() / 8, 1_000_000, 1_000_000_000);
    long before = time.nanoTime();
    while (!stopped) {
      LockSupport.parkNanos(tickNanos);
      if (Thread.interrupted()) {
        return;
      }
      long now = time.nanoTime();
      watch();
      for (var each : observed) {
        each.observe((now - before) / 1_000_000);
      }
      before = now;
    }
  }

  private void watch() {
    long now = time.nanoTime();
    var overdue = new ArrayList<Pending>();
    var dropped = new ArrayList<Pending>();
    var lock = acknowledger.lock();
    lock.lock();
    try {
      goOnWithoutHistory(now);
      inFlight.overdue(now, overdue);
      inFlight.takeDropped(dropped);
      counters.volatileBatches.add(overdue.size());
      acknowledger.acknowledge(overdue, Durability.VOLATILE, Duration.ZERO);
      dropped.forEach(HistoryLane::forget);
      acknowledger.acknowledge(dropped, Durability.VOLATILE, limits.retryAfter());
    } finally {
      lock.unlock();
    }
  }

  // A store that hangs is as good as away: the live view must not wait for its time-out.
  private void goOnWithoutHistory(long now) {
    if (writing && now - writingSinceNanos > limits.volatileAfter().toNanos()) {
      part.stalled("no answer within " + limits.volatileAfter().toMillis() + " ms");
      var free = new ArrayList<Session>();
      inFlight.fails(true, free);
      acknowledger.resume(free);
    }
  }

  private static void forget(Pending pending) {
    if (pending.duplicate) {
      return;
    }
    var lock = pending.log.machine().lock();
    lock.lock();
    try {
      pending.log.forget(pending.batch.seq());
    } finally {
      lock.unlock();
    }
  }
}
