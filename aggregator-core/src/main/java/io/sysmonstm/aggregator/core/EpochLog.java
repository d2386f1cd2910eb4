package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.SeqRanges;
import java.util.UUID;

/**
 * Which batches of one numbering of one machine are known. Guarded by the lock of its {@link
 * Machine}.
 */
final class EpochLog {
  /** What is known of a batch when it comes. */
  enum Arrival {
    /** Nothing. */
    NEW,
    /** It is on its way to history. */
    IN_FLIGHT,
    /** History has it. */
    COMMITTED
  }

  private static final int MAX_RUNS = 1024;

  private final Machine machine;
  private final UUID epoch;
  private final SeqSet inFlightOrCommitted = new SeqSet(MAX_RUNS);
  private final SeqSet committed = new SeqSet(MAX_RUNS);
  private long spoolDropped;

  EpochLog(Machine machine, UUID epoch) {
    this.machine = machine;
    this.epoch = epoch;
  }

  Machine machine() {
    return machine;
  }

  UUID epoch() {
    return epoch;
  }

  Arrival arrive(long seq) {
    if (!inFlightOrCommitted.contains(seq)) {
      inFlightOrCommitted.add(seq);
      return Arrival.NEW;
    }
    return committed.contains(seq) ? Arrival.COMMITTED : Arrival.IN_FLIGHT;
  }

  void commit(long seq) {
    committed.add(seq);
    inFlightOrCommitted.add(seq);
  }

  void commit(SeqRanges ranges) {
    for (var range : ranges.ranges()) {
      committed.add(range.first(), range.last());
      inFlightOrCommitted.add(range.first(), range.last());
    }
  }

  /**
   * Forgets a batch that left memory before history had it, so that it is taken when it comes
   * again.
   */
  void forget(long seq) {
    if (!committed.contains(seq)) {
      inFlightOrCommitted.remove(seq);
    }
  }

  boolean isCommitted(long seq) {
    return committed.contains(seq);
  }

  boolean isInFlight(long seq) {
    return inFlightOrCommitted.contains(seq) && !committed.contains(seq);
  }

  SeqRanges committed() {
    return new SeqRanges(committed.ranges());
  }

  /** Remembers how much a collector lost in this epoch; returns by how much that grew. */
  long spoolDropped(long total) {
    long more = Math.max(0, total - spoolDropped);
    spoolDropped = Math.max(total, spoolDropped);
    return more;
  }
}
