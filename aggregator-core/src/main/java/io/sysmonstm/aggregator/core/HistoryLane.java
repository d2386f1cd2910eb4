package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.Ack.Durability;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way to history: one thread writes groups of batches and acknowledges them. */
final class HistoryLane {
  private static final int BROKEN_WAITS = 5;
  private static final long LEFT_WAIT_NANOS = 10_000_000;

  private final Limits limits;
  private final TimeSource time;
  private final Counters counters;
  private final Acknowledger acknowledger;
  private final InFlight inFlight;
  private final Part part;
  private final HistoryWriter writer;
  // Confined to the writer.
  private final ArrayList<Batch> batches = new ArrayList<>();
  private final ArrayList<Pending> done = new ArrayList<>();
  private final ArrayList<Pending> left = new ArrayList<>();
  private final ArrayList<Pending> lost = new ArrayList<>();
  private final ArrayList<Session> resumed = new ArrayList<>();
  private volatile boolean failing;
  private volatile boolean writing;
  private volatile long writingSinceNanos;
  private volatile long lastFlushMicros;
  private @Nullable Thread writerThread;

  HistoryLane(
      HistoryStore store, Limits limits, TimeSource time, SelfMetrics metrics, Counters counters) {
    this.limits = limits;
    this.time = time;
    this.counters = counters;
    this.acknowledger = new Acknowledger(counters);
    this.inFlight = new InFlight(limits, counters, time);
    this.part = new Part("history", store::health, metrics);
    this.writer = new HistoryWriter(store, part);
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
    writerThread = LaneThread.start("aggregator-writer", this::writeAll);
  }

  /** Writes what waits, for as long as the grace at the most, and ends. */
  void close() {
    inFlight.close();
    LaneThread.end(writerThread, limits.closeGrace());
  }

  /** {@return whether a write takes so long that the store is as good as away} Thread-safe. */
  boolean isStalled(long nowNanos) {
    return writing && nowNanos - writingSinceNanos > limits.volatileAfter().toNanos();
  }

  /** {@return whether the last write failed, or the present one does not end} Thread-safe. */
  boolean isAway() {
    return failing || isStalled(time.nanoTime());
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
      failing = writer.failed();
      writer.report();
      decide(flush, micros);
      acknowledger.acknowledge(done, Durability.DURABLE, Duration.ZERO);
      acknowledger.acknowledge(lost, Durability.VOLATILE, limits.retryAfter());
      done.addAll(lost);
      inFlight.settled(done, left, writer.failed(), resumed);
      inFlight.flushesTake(micros, writer.failed());
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
}
