package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.IngestReply;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.spi.Welcome;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Begins streams: learns what history has of a machine, and answers with it. Thread-safe. */
final class Handshake {
  private static final EventLog LOG = EventLog.of(Aggregator.class);

  private final HistoryStore history;
  private final TimeSource time;
  private final Counters counters;
  private final Intake intake;

  Handshake(HistoryStore history, TimeSource time, Counters counters, Intake intake) {
    this.history = history;
    this.time = time;
    this.counters = counters;
    this.intake = intake;
  }

  Session open(Machine machine, Hello hello, IngestReply reply) {
    if (hello.interval().isPositive()) {
      machine.collectsEvery(hello.interval());
    }
    var stored = stored(machine);
    var lock = machine.lock();
    lock.lock();
    try {
      stored.forEach((epoch, ranges) -> machine.log(epoch).commit(ranges));
      // Last, so that older epochs, however many, do not push it out.
      var log = machine.log(hello.epoch());
      log.commit(stored.getOrDefault(hello.epoch(), new SeqRanges()));
      countSpoolDrops(log, hello);
      var committed = new HashMap<>(stored);
      machine
          .committed()
          .forEach((epoch, ranges) -> committed.merge(epoch, ranges, Handshake::union));
      return new Session(intake, log, welcome(committed), reply);
    } finally {
      lock.unlock();
    }
  }

  Session openUnnumbered(Machine machine, IngestReply reply) {
    var lock = machine.lock();
    lock.lock();
    try {
      var log = machine.log(machine.unnumberedEpoch());
      return new Session(intake, log, welcome(Map.of()), reply);
    } finally {
      lock.unlock();
    }
  }

  private Map<UUID, SeqRanges> stored(Machine machine) {
    try {
      return history.committed(machine.id());
    } catch (RuntimeException | LinkageError e) {
      counters.committedUnknown.increment();
      LOG.warn(
          "committed_unknown",
          "history cannot say what it has; the collector sends all that it keeps",
          e,
          "machine",
          machine.id());
      return Map.of();
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
