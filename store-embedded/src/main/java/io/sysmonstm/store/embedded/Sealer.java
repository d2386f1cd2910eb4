package io.sysmonstm.store.embedded;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;

/**
 * Moves batches out of the journal into the chunks of their series. A chunk is rewritten whole, so
 * that this is done for many batches at once; until then, questions read the journal beside the
 * chunks, and the answer is the same. Guarded by the writer's lock.
 */
final class Sealer implements AutoCloseable {
  /** A machine and how many batches of it are in the journal. */
  record Due(int id, int batches) {}

  // About 50 ms of work: an append does not wait longer than that.
  private static final int SAMPLES_PER_TURN = 30_000;

  private final ChunkWriter writer = new ChunkWriter();
  private final ChunkReader reader = new ChunkReader();

  /** Seals the oldest batches of a machine; returns how many these were. */
  int seal(Session session, int machine) throws SQLException {
    var runs = new HashMap<Integer, SampleRun>();
    long last =
        Journal.readOldest(
            session,
            machine,
            SAMPLES_PER_TURN,
            (series, time, value) ->
                runs.computeIfAbsent(series, absent -> new SampleRun()).add(time, value));
    // By series, so that pages are written in order.
    for (var run : new TreeMap<>(runs).entrySet()) {
      mergeRaw(session, run.getKey(), run.getValue());
      mergeRollups(session, run.getKey(), run.getValue(), Tier.MINUTE);
      mergeRollups(session, run.getKey(), run.getValue(), Tier.HOUR);
    }
    return last == 0 ? 0 : Journal.delete(session, machine, last);
  }

  /** Returns the machines with at least so many batches in the journal. */
  static List<Due> due(Session session, int leastBatches) throws SQLException {
    var query =
        session.prepare(
            "SELECT machine, count(*) FROM journal GROUP BY machine HAVING count(*) >= ?");
    query.setInt(1, leastBatches);
    var due = new ArrayList<Due>();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        due.add(new Due(rows.getInt(1), rows.getInt(2)));
      }
    }
    return due;
  }

  @Override
  public void close() {
    writer.close();
    reader.close();
  }

  private void mergeRaw(Session session, int series, SampleRun added) throws SQLException {
    var chunks = new Chunks(session, Tier.RAW, reader);
    int next = 0;
    while (next < added.size()) {
      long start = added.time(next);
      long end = Tier.RAW.endOfSpan(start);
      var merged = chunks.samplesAt(series, start);
      while (next < added.size() && added.time(next) < end) {
        merged.add(added.time(next), added.value(next));
        next++;
      }
      chunks.write(series, start, merged.pack(writer));
    }
  }

  private void mergeRollups(Session session, int series, SampleRun added, Tier tier)
      throws SQLException {
    var chunks = new Chunks(session, tier, reader);
    var rollups = new Rollups(tier.widthMillis());
    for (int i = 0; i < added.size(); i++) {
      rollups.add(added.time(i), added.value(i));
    }
    int next = 0;
    while (next < rollups.size()) {
      long start = rollups.start(next);
      long end = tier.endOfSpan(start);
      var merged = chunks.rollupsAt(series, start);
      while (next < rollups.size() && rollups.start(next) < end) {
        merged.add(rollups, next);
        next++;
      }
      chunks.write(series, start, merged.pack(writer));
    }
  }
}
