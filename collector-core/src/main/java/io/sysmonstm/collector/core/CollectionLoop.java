package io.sysmonstm.collector.core;

import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * Runs the cycles: at each tick calls the sources that are due, the quick ones in turn on one
 * thread and each of the others on its own, waits until each has returned or used up its time, and
 * hands over what they read as one batch. A tick that was missed, by a machine that slept or a
 * process that was stopped, is skipped; the cycle then runs at once. Runs on one thread.
 */
final class CollectionLoop {
  private static final EventLog LOG = EventLog.of(CollectionLoop.class);

  private static final long SECOND_READING_NANOS = 1_000_000_000L;

  private final List<SourceRunner> runners;
  private final BatchAssembler assembler;
  private final TimeSource time;
  private final Waiter waiter;
  private final Executor executor;
  private final Duration interval;
  private final LongAdder skipped;
  private volatile boolean stopping;

  CollectionLoop(
      List<SourceRunner> runners,
      BatchAssembler assembler,
      TimeSource time,
      Waiter waiter,
      Executor executor,
      Duration interval,
      SelfMetrics metrics) {
    this.runners = List.copyOf(runners);
    this.assembler = assembler;
    this.time = time;
    this.waiter = waiter;
    this.executor = executor;
    this.interval = interval;
    this.skipped =
        metrics.counter("collector_ticks_skipped_total", "Cycles that were left out as too late.");
  }

  /** Runs until told to stop or interrupted. */
  void run() {
    var schedule = new Schedule(time.nanoTime(), interval.toNanos());
    try {
      if (!stopping) {
        cycle(0, runner -> runner.isDue(0));
        readRatesEarly(schedule);
      }
      long tick = schedule.next(schedule.dueNanos(0));
      while (!stopping) {
        long now = time.nanoTime();
        if (now - schedule.dueNanos(tick) < 0) {
          waiter.awaitUntil(schedule.dueNanos(tick));
          continue;
        }
        long latest = schedule.tickAt(now);
        skipped.add(latest - tick);
        cycle(latest, runner -> runner.isDue(latest));
        tick = schedule.next(now);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A cycle between the first one and the second, for the sources that tell rates; left out where
   * the interval is short anyway or the first one took long.
   */
  private void readRatesEarly(Schedule schedule) throws InterruptedException {
    long dueNanos = schedule.dueNanos(0) + SECOND_READING_NANOS;
    if (schedule.next(dueNanos) > 1
        || runners.stream().noneMatch(SourceRunner::wantsSecondReading)) {
      return;
    }
    while (!stopping && time.nanoTime() - dueNanos < 0) {
      waiter.awaitUntil(dueNanos);
    }
    if (!stopping && schedule.next(time.nanoTime()) == 1) {
      cycle(0, SourceRunner::wantsSecondReading);
    }
  }

  /** Ends the loop; a cycle that goes on is given up. Any thread. */
  void stop() {
    stopping = true;
    waiter.wake();
  }

  private void cycle(long tick, Predicate<SourceRunner> isDue) throws InterruptedException {
    Instant observedAt = time.instant();
    var due = new ArrayList<SourceRunner>(runners.size());
    for (var runner : runners) {
      if (isDue.test(runner)) {
        due.add(runner);
      }
    }
    // Only the last one to return wakes this thread.
    var pending = new AtomicInteger(due.size());
    var turn = new Turn(executor);
    for (var runner : due) {
      if (!runner.begin(tick, executor, turn, time, () -> returned(pending))) {
        returned(pending);
      }
    }
    turn.begin(time.nanoTime());
    awaitAll(due, turn);
    if (stopping) {
      return;
    }
    try {
      assembler.assemble(due, observedAt);
    } catch (RuntimeException e) {
      LOG.error("cycle_failed", "A cycle failed; the next one follows.", e);
    }
  }

  private void returned(AtomicInteger pending) {
    if (pending.decrementAndGet() == 0) {
      waiter.wake();
    }
  }

  private void awaitAll(List<SourceRunner> due, Turn turn) throws InterruptedException {
    while (!stopping) {
      long now = time.nanoTime();
      long nanos = Long.MAX_VALUE;
      for (var runner : due) {
        if (!runner.isSettled(now)) {
          nanos = Math.min(nanos, nanosToWait(runner, turn, now));
        }
      }
      if (nanos == Long.MAX_VALUE) {
        return;
      }
      waiter.awaitUntil(now + nanos);
    }
  }

  /** Until it is to be looked at again; lets those go on that it holds up. */
  private static long nanosToWait(SourceRunner runner, Turn turn, long now) {
    if (runner.holdsUp(now)) {
      runner.leftBehind();
      turn.begin(now);
    }
    long left = runner.givenUpAtNanos() - now;
    return runner.isInTurn() ? Math.min(left, Turn.PATIENCE_NANOS) : left;
  }
}
