package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Sample;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the newest sample of each series, in the journal and in chunks, on one unchanging state of
 * the database. Confined to one thread.
 */
final class NewestReader implements AutoCloseable {
  private record Newest(long timeMillis, double value) {}

  private final Session session;
  private final Span span;
  private final QueryBudget budget;
  private final ChunkReader reader = new ChunkReader();
  private final Chunks chunks;

  NewestReader(Session session, Instant since, QueryBudget budget) {
    this.session = session;
    this.span = Span.of(since, Instant.ofEpochMilli(Span.MAX_MILLIS + 1));
    this.budget = budget;
    this.chunks = new Chunks(session, Tier.RAW, reader);
  }

  /** Returns the samples by machine, without the machines that have none. */
  Map<String, List<Sample>> answer() throws SQLException {
    var found = new TreeMap<String, List<Sample>>();
    for (var ofMachine : StoredSeries.all(session)) {
      budget.checkTime();
      var samples = newest(ofMachine);
      budget.spendPoints(samples.size());
      if (!samples.isEmpty()) {
        found.put(ofMachine.getFirst().machineId(), samples);
      }
    }
    return found;
  }

  @Override
  public void close() {
    reader.close();
  }

  private List<Sample> newest(List<StoredSeries> ofMachine) throws SQLException {
    var newest = new HashMap<Integer, Newest>();
    for (var series : ofMachine) {
      chunks.samples(series.id(), span, chunk -> addLast(newest, series.id(), chunk));
    }
    var ids = ofMachine.stream().mapToInt(StoredSeries::id).sorted().toArray();
    Journal.read(
        session,
        ofMachine.getFirst().machine(),
        span,
        ids,
        (series, time, value) -> add(newest, series, time, value));
    var samples = new ArrayList<Sample>(newest.size());
    for (var series : ofMachine) {
      var last = newest.get(series.id());
      if (last != null) {
        var time = Instant.ofEpochMilli(last.timeMillis);
        samples.add(new Sample(series.metric(), series.labels(), time, last.value));
      }
    }
    return samples;
  }

  // A chunk rises by time: only its last sample can be the newest.
  private void addLast(Map<Integer, Newest> newest, int series, SampleRun chunk) {
    int last = chunk.size() - 1;
    if (last >= 0 && span.contains(chunk.time(last))) {
      add(newest, series, chunk.time(last), chunk.value(last));
    }
  }

  // Of two with one time the one that came later, which is handed over later.
  private static void add(Map<Integer, Newest> newest, int series, long time, double value) {
    var known = newest.get(series);
    if (known == null || known.timeMillis <= time) {
      newest.put(series, new Newest(time, value));
    }
  }
}
