package io.sysmonstm.aggregator.core;

import io.sysmonstm.spi.Ack.Durability;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks after what waits for too long, on a thread of its own since the one that writes may be held
 * up by the store: tells senders to keep their copies, lets streams go on, and notes which parts do
 * not work.
 */
final class HistoryWatch {
  private final HistoryLane lane;
  private final LiveLane live;
  private final Limits limits;
  private final TimeSource time;
  private final Counters counters;
  private final List<Part> parts;
  private volatile boolean stopped;
  private @Nullable Thread thread;

  HistoryWatch(HistoryLane lane, LiveLane live, Limits limits, TimeSource time, Counters counters) {
    this.lane = lane;
    this.live = live;
    this.limits = limits;
    this.time = time;
    this.counters = counters;
    this.parts = List.of(lane.part(), live.currentState(), live.bus());
  }

  void start() {
    thread = LaneThread.start("aggregator-watch", this::run);
  }

  /** Ends the thread, and tells a last time what is to be kept. */
  void close() {
    stopped = true;
    LaneThread.end(thread, Duration.ZERO);
    look();
  }

  private void run() {
    long tickNanos = Math.clamp(limits.volatileAfter().toNanos() / 8, 1_000_000, 1_000_000_000);
    long before = time.nanoTime();
    while (!stopped) {
      LockSupport.parkNanos(tickNanos);
      if (Thread.interrupted()) {
        return;
      }
      long now = time.nanoTime();
      look();
      live.queues().forEach(LiveQueue::watch);
      for (var part : parts) {
        part.observe((now - before) / 1_000_000);
      }
      before = now;
    }
  }

  private void look() {
    var inFlight = lane.inFlight();
    var acknowledger = lane.acknowledger();
    var overdue = new ArrayList<Pending>();
    var dropped = new ArrayList<Pending>();
    var lock = acknowledger.lock();
    lock.lock();
    try {
      long now = time.nanoTime();
      if (lane.isStalled(now)) {
        goOnWithoutHistory();
      }
      inFlight.overdue(now, overdue);
      inFlight.takeDropped(dropped);
      counters.volatileBatches.add(overdue.size());
      acknowledger.acknowledge(overdue, Durability.VOLATILE, Duration.ZERO);
      dropped.forEach(HistoryWatch::forget);
      acknowledger.acknowledge(dropped, Durability.VOLATILE, limits.retryAfter());
    } finally {
      lock.unlock();
    }
  }

  // A store that hangs is as good as away: the live view must not wait for its time-out.
  private void goOnWithoutHistory() {
    lane.part().stalled("no answer within " + limits.volatileAfter().toMillis() + " ms");
    var free = new ArrayList<Session>();
    lane.inFlight().fails(true, free);
    lane.acknowledger().resume(free);
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
