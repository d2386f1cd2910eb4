package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.spi.TimeSource;
import java.util.List;

/**
 * What every session does with a batch, on its own thread and without handing it to another: tell
 * whether it came before, check it, show it, and queue it for history. Thread-safe.
 */
final class Intake {
  private final Limits limits;
  private final TimeSource time;
  private final SeriesRegistry series;
  private final Counters counters;
  private final Machines machines;
  private final LiveLane live;
  private final InFlight inFlight;
  private final Acknowledger acknowledger;

  Intake(
      Limits limits,
      TimeSource time,
      SeriesRegistry series,
      Counters counters,
      Machines machines,
      LiveLane live,
      HistoryLane history) {
    this.limits = limits;
    this.time = time;
    this.series = series;
    this.counters = counters;
    this.machines = machines;
    this.live = live;
    this.inFlight = history.inFlight();
    this.acknowledger = history.acknowledger();
  }

  Limits limits() {
    return limits;
  }

  SeriesRegistry series() {
    return series;
  }

  Counters counters() {
    return counters;
  }

  boolean take(Session session, Batch batch, List<Rejection> rejected) {
    counters.batches.increment();
    var lock = session.machine().lock();
    EpochLog log;
    lock.lock();
    try {
      log = session.log(batch.epoch());
      switch (log.arrive(batch.seq())) {
        case NEW -> {
          return takeNew(session, log, batch, rejected);
        }
        case IN_FLIGHT -> {
          counters.duplicates.increment();
          var again = new Screened(batch, rejected);
          return inFlight.add(new Pending(session, log, again, true, time.nanoTime()));
        }
        case COMMITTED -> counters.duplicates.increment();
      }
    } finally {
      lock.unlock();
    }
    acknowledger.acknowledgeCommitted(session, log.epoch(), batch.seq(), rejected);
    return inFlight.mayRead(session);
  }

  private boolean takeNew(Session session, EpochLog log, Batch batch, List<Rejection> rejected) {
    var now = time.instant();
    long nanos = time.nanoTime();
    var timed = byOurClock(session, batch);
    var screened = Screened.of(timed, rejected, now, limits.rawRetention(), limits.maxAhead());
    counters.samples.add(screened.batch().size());
    counters.rejected(screened.rejected());
    if (batch.replay()) {
      counters.replays.increment();
    } else {
      var machine = session.machine();
      machine.heard(nanos, now);
      live.show(new MetricsEvent(screened.batch(), machine.resource(), machine.interval(), now));
    }
    return inFlight.add(new Pending(session, log, screened, false, nanos));
  }

  private Batch byOurClock(Session session, Batch batch) {
    long ahead = session.clockOffsetMillis();
    if (ahead == 0) {
      return batch;
    }
    counters.correctedBatches.increment();
    return Screened.at(batch, ClockOffset.corrected(batch.observedAtMillis(), ahead));
  }

  void flush() {
    inFlight.flushNow();
  }

  void closed(Session session) {
    inFlight.forget(session);
    var machine = session.machine();
    var lock = machine.lock();
    lock.lock();
    try {
      machine.fence().leave(session);
    } finally {
      lock.unlock();
    }
    machines.leave(machine);
  }
}
