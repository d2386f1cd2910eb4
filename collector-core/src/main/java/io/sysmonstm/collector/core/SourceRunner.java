package io.sysmonstm.collector.core;

import io.sysmonstm.api.Labels;
import io.sysmonstm.collector.core.internal.RateSource;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls one source when it is due, never while an earlier call goes on. Confined to the schedule's
 * thread, but for the calls themselves.
 */
final class SourceRunner {
  private static final EventLog LOG = EventLog.of(SourceRunner.class);

  /** How many readings in a row must be quick before a source that was slow shares a thread. */
  static final int PROBATION = 3;

  private final MetricSource source;
  private final String name;
  private final Labels labels;
  private final int everyTicks;
  private final long deadlineNanos;
  private final Supplier<SampleBuffer> newBuffer;
  private final LongAdder failures;
  private SampleBuffer buffer;
  private @Nullable Reading reading;
  private long dueTick;
  private long errors;
  private boolean overdue;
  // Readings that it still needs a thread of its own for; the first, since nothing is known of it.
  private int apart = 1;
  private boolean inTurn;

  SourceRunner(
      MetricSource source,
      Duration interval,
      SelfMetrics metrics,
      Supplier<SampleBuffer> newBuffer) {
    this.source = source;
    this.name = source.name();
    this.labels = Labels.of("source", name);
    this.everyTicks = everyTicks(source.interval(interval), interval);
    // The cycle is over by half of the interval, whatever a source asks for.
    this.deadlineNanos =
        Math.clamp(source.deadline().toNanos(), 1_000_000L, interval.toNanos() / 2);
    this.newBuffer = newBuffer;
    this.buffer = newBuffer.get();
    this.failures =
        metrics.counter(
            "collector_source_errors_total", "Failed or overdue collections of a source.", labels);
  }

  private static int everyTicks(Duration wanted, Duration interval) {
    long nanos = interval.toNanos();
    return Math.clamp((wanted.toNanos() + nanos - 1) / nanos, 1, 1_000_000);
  }

  boolean isDue(long tick) {
    return tick >= dueTick;
  }

  /** Whether an early second reading tells more than the first one did. */
  boolean wantsSecondReading() {
    return source instanceof RateSource && reading == null;
  }

  /**
   * Calls the source, or lets it be called in turn where it was quick of late, unless it has still
   * not returned from an earlier call; that counts as an error. Tells whether it did.
   */
  boolean begin(long tick, Executor executor, Turn turn, TimeSource time, Runnable whenDone) {
    dueTick = tick + everyTicks;
    if (reading != null && !reading.isDone()) {
      failed();
      LOG.warn("source_hanging", "The source has still not returned.", null, "source", name);
      return false;
    }
    if (overdue) {
      // The abandoned call may have held on to its buffer.
      buffer = newBuffer.get();
    }
    overdue = false;
    var next = new Reading(source, buffer, time, whenDone);
    reading = next;
    inTurn = apart == 0;
    if (inTurn) {
      turn.add(next);
    } else {
      executor.execute(next);
    }
    return true;
  }

  /** Whether its call shares a thread. */
  boolean isInTurn() {
    return inTurn;
  }

  /** Whether those that wait behind it need another thread. */
  boolean holdsUp(long nowNanos) {
    var current = reading;
    return inTurn
        && current != null
        && current.isBegun()
        && nowNanos - current.sinceNanos() >= Turn.PATIENCE_NANOS;
  }

  /** Says that those behind it have another thread now. */
  void leftBehind() {
    inTurn = false;
  }

  /** Whether the cycle need not wait for it: it has returned, or its time is over. */
  boolean isSettled(long nowNanos) {
    var current = reading;
    return current == null || overdue || current.isDone() || nowNanos - givenUpNanos(current) >= 0;
  }

  /** When the cycle stops waiting for it. */
  long givenUpAtNanos() {
    return reading == null ? Long.MIN_VALUE : givenUpNanos(reading);
  }

  private long givenUpNanos(Reading current) {
    return current.sinceNanos() + deadlineNanos;
  }

  /**
   * The reading of this cycle, empty where it failed or was not in time; a late one is abandoned.
   */
  Optional<Reading> finish() {
    var current = reading;
    if (current == null || overdue) {
      return Optional.empty();
    }
    if (!current.isDone()) {
      overdue = true;
      apart = PROBATION;
      current.abandon();
      failed();
      LOG.warn("source_overdue", "The source did not return in time.", null, "source", name);
      return Optional.empty();
    }
    reading = null;
    apart = current.isQuick() ? Math.max(0, apart - 1) : PROBATION;
    var failure = current.failure();
    if (failure.isPresent()) {
      failed();
      LOG.warn("source_failed", "The source failed.", failure.get(), "source", name);
      return Optional.empty();
    }
    return Optional.of(current);
  }

  private void failed() {
    errors++;
    failures.increment();
  }

  /** Abandons what goes on; the source is closed as soon as it has returned. */
  void close() {
    var current = reading;
    if (current == null) {
      closeSource();
    } else {
      current.abandon();
      current.afterwards(this::closeSource);
    }
  }

  private void closeSource() {
    try {
      source.close();
    } catch (RuntimeException e) {
      LOG.warn("source_close_failed", "The source could not be closed.", e, "source", name);
    }
  }

  Labels labels() {
    return labels;
  }

  /** Failed and overdue readings so far. */
  long errors() {
    return errors;
  }
}
