package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.TimeSource;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes batches into the journal, each once. What it remembers of the database is guarded by the
 * writer's lock.
 */
final class HistoryAppender {
  private final TimeSource time;
  private final SeriesIds ids = new SeriesIds();
  private final Machines machines = new Machines();
  private final LongAdder samples;
  private final LongAdder duplicates;
  private final LongAdder outOfRange;
  private int generation;
  // A transaction that was undone leaves in memory what the database does not have.
  private volatile boolean inDoubt;

  HistoryAppender(ProviderContext context) {
    this.time = context.time();
    var metrics = context.metrics();
    samples = metrics.counter("history_samples_total", "Samples written to history.");
    duplicates =
        metrics.counter(
            "history_duplicate_batches_total", "Batches that history had already and left out.");
    outOfRange =
        metrics.counter(
            "history_batches_out_of_range_total",
            "Batches not kept because their time lies before 1970 or after 9999.");
  }

  SeriesIds ids() {
    return ids;
  }

  /**
   * Appends in the transaction that the session is in; returns how many batches the journal grew
   * by.
   */
  int append(Session session, int fileGeneration, List<Batch> batches) throws SQLException {
    if (inDoubt || fileGeneration != generation) {
      machines.forget();
      ids.forget();
      generation = fileGeneration;
    }
    inDoubt = true;
    var touched = new HashMap<Machines.Known, Set<UUID>>();
    int rows = 0;
    long written = 0;
    for (var batch : batches) {
      var machine = machines.of(session, batch.machineId());
      var committed = machine.committed().computeIfAbsent(batch.epoch(), epoch -> new SeqRanges());
      if (!committed.add(batch.seq())) {
        duplicates.increment();
        continue;
      }
      touched.computeIfAbsent(machine, first -> new HashSet<>()).add(batch.epoch());
      if (Span.covers(batch.observedAtMillis())) {
        int kept = Journal.append(session, batch, machine.id(), ids);
        written += kept;
        rows += kept > 0 ? 1 : 0;
      } else {
        outOfRange.increment();
      }
    }
    saveCommitted(session, touched);
    samples.add(written);
    return rows;
  }

  /** Says that the transaction of the last append is committed. */
  void committed() {
    inDoubt = false;
  }

  private void saveCommitted(Session session, Map<Machines.Known, Set<UUID>> touched)
      throws SQLException {
    long now = time.millis();
    for (var machine : touched.entrySet()) {
      for (var epoch : machine.getValue()) {
        machines.save(session, machine.getKey(), epoch, now);
      }
    }
  }
}
