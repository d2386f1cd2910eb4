package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.IngestReply;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.spi.Welcome;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Begins streams: learns what history has of a machine, and answers with it. Thread-safe. */
final class Handshake {
  private static final EventLog LOG = EventLog.of(Aggregator.class);

  private final CommittedLookup committed;
  private final TimeSource time;
  private final Counters counters;
  private final Acknowledger acknowledger;
  private final Intake intake;

  Handshake(
      CommittedLookup committed,
      TimeSource time,
      Counters counters,
      Acknowledger acknowledger,
      Intake intake) {
    this.committed = committed;
    this.acknowledger = acknowledger;
    this.time = time;
    this.counters = counters;
    this.intake = intake;
  }

  Session open(Machine machine, Hello hello, IngestReply reply) {
    if (hello.interval().isPositive()) {
      machine.collectsEvery(hello.interval());
    }
    var now = time.instant();
    takeClock(machine, ClockOffset.millis(hello, now));
    var stored = committed.of(machine.id());
    var lock = machine.lock();
    Session session;
    Session before;
    boolean contested = false;
    lock.lock();
    try {
      stored.forEach((epoch, ranges) -> machine.log(epoch).commit(ranges));
      // Last, so that older epochs, however many, do not push it out.
      var log = machine.log(hello.epoch());
      log.commit(stored.getOrDefault(hello.epoch(), new SeqRanges()));
      countSpoolDrops(log, hello);
      var known = new HashMap<>(stored);
      machine.committed().forEach((epoch, ranges) -> known.merge(epoch, ranges, Handshake::union));
      session = new Session(intake, log, welcome(known), reply, Optional.of(hello.instance()));
      before = machine.fence().admit(session);
      if (before != null && !before.isSameProcess(session)) {
        contested = machine.fence().isContested(time.nanoTime());
      }
    } finally {
      lock.unlock();
    }
    if (before != null) {
      end(before, before.isSameProcess(session), contested);
    }
    return session;
  }

  private void takeClock(Machine machine, long aheadMillis) {
    machine.clockOffset(aheadMillis);
    if (aheadMillis != 0) {
      LOG.warn(
          "clock_skew",
          "the clock of a machine is off; the times of its samples are corrected",
          null,
          "machine",
          machine.id(),
          "ahead_ms",
          aheadMillis);
    }
  }

  // Outside of the machine's lock, which comes after the acknowledger's.
  private void end(Session before, boolean sameProcess, boolean contested) {
    var id = before.machineId();
    if (sameProcess) {
      acknowledger.end(
          before,
          new RequestException(
              ErrorCode.UNAVAILABLE, "machine '%s' has connected again".formatted(id)));
      return;
    }
    counters.takeovers.increment();
    LOG.warn("machine_taken_over", "a newer process speaks for a machine", null, "machine", id);
    if (contested) {
      counters.identityConflicts.increment();
      LOG.error(
          "identity_conflict",
          "two processes take turns to speak for a machine: give each machine an id of its own",
          null,
          "machine",
          id);
    }
    acknowledger.end(
        before,
        new RequestException(
            ErrorCode.FAILED_PRECONDITION,
            "a newer instance of machine '%s' has taken over: expected one collector for each id"
                .formatted(id)));
  }

  Session openUnnumbered(Machine machine, IngestReply reply) {
    var lock = machine.lock();
    lock.lock();
    try {
      var log = machine.log(machine.unnumberedEpoch());
      return new Session(intake, log, welcome(Map.of()), reply, Optional.empty());
    } finally {
      lock.unlock();
    }
  }

  private void countSpoolDrops(EpochLog log, Hello hello) {
    long more = log.spoolDropped(hello.samplesDropped());
    if (more > 0) {
      counters.spoolDropped.add(more);
      LOG.warn(
          "collector_lost_samples",
          "the spool of a collector was full",
          null,
          "machine",
          hello.machineId(),
          "samples",
          more);
    }
  }

  private static SeqRanges union(SeqRanges some, SeqRanges others) {
    var union = new SeqRanges(some.ranges());
    others.ranges().forEach(range -> union.add(range.first(), range.last()));
    return union;
  }

  private Welcome welcome(Map<UUID, SeqRanges> committed) {
    return new Welcome(
        committed,
        time.instant(),
        intake.limits().batchMaxSamples(),
        intake.series().maxSeriesPerMachine());
  }
}
