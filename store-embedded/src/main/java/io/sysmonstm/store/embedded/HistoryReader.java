package io.sysmonstm.store.embedded;

import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Resolution;
import io.sysmonstm.spi.TierPlan;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers one question, on one unchanging state of the database. Confined to one thread. */
final class HistoryReader implements AutoCloseable {
  private final Session session;
  private final HistoryQuery query;
  private final Span span;
  private final QueryBudget budget;
  private final ChunkReader reader = new ChunkReader();

  HistoryReader(Session session, HistoryQuery query, QueryBudget budget) {
    this.session = session;
    this.query = query;
    this.span = Span.of(query.from(), query.to());
    this.budget = budget;
  }

  HistoryResult answer(Instant now, Duration keepRaw, Duration keepMinutes) throws SQLException {
    var byMachine = StoredSeries.find(session, query);
    if (query.step().isEmpty() && !query.from().isBefore(now.minus(keepRaw))) {
      var raw = samples(byMachine);
      if (raw.isPresent()) {
        return new HistoryResult(Resolution.RAW, Duration.ZERO, raw.get());
      }
    }
    var plan = TierPlan.of(query, now, keepRaw, keepMinutes);
    budget.checkBuckets(span, plan.step());
    return new HistoryResult(plan.resolution(), plan.step(), buckets(byMachine, plan));
  }

  @Override
  public void close() {
    reader.close();
  }

  /** Returns the samples one by one; nothing where one series has more than are asked for. */
  private Optional<List<HistorySeries>> samples(List<List<StoredSeries>> byMachine)
      throws SQLException {
    var found = new ArrayList<HistorySeries>();
    budget.restart();
    for (var ofMachine : byMachine) {
      var runs = new HashMap<Integer, SampleRun>();
      for (var series : ofMachine) {
        var run = runs.computeIfAbsent(series.id(), absent -> new SampleRun());
        new Chunks(session, Tier.RAW, reader)
            .samples(series.id(), span, chunk -> addAll(run, chunk));
        if (run.size() > query.maxPoints()) {
          return Optional.empty();
        }
      }
      readJournal(ofMachine, span, (series, time, value) -> run(runs, series).add(time, value));
      for (var series : ofMachine) {
        var run = run(runs, series.id());
        if (run.size() > query.maxPoints()) {
          return Optional.empty();
        }
        budget.spendPoints(run.size());
        if (run.size() > 0) {
          found.add(series.points(run.times(), run.values()));
        }
      }
    }
    return Optional.of(found);
  }

  private List<HistorySeries> buckets(List<List<StoredSeries>> byMachine, TierPlan plan)
      throws SQLException {
    long step = plan.step().toMillis();
    var tier = Tier.of(plan.resolution());
    // A rollup that begins in the span counts whole, sealed or not.
    var whole = span.fromWholeStep(step);
    var wanted = tier == Tier.RAW ? whole : whole.toWholeStep(tier.widthMillis());
    var found = new ArrayList<HistorySeries>();
    budget.restart();
    for (var ofMachine : byMachine) {
      var buckets = new HashMap<Integer, Rollups>();
      for (var series : ofMachine) {
        buckets.put(series.id(), stored(series.id(), tier, wanted, step));
      }
      readJournal(
          ofMachine,
          wanted,
          (series, time, value) ->
              buckets.computeIfAbsent(series, absent -> new Rollups(step)).add(time, value));
      for (var series : ofMachine) {
        var rollups = buckets.getOrDefault(series.id(), new Rollups(step));
        budget.spendPoints(rollups.size());
        if (rollups.size() > 0) {
          found.add(series.points(rollups.starts(), rollups.values(query.aggregation())));
        }
      }
    }
    return found;
  }

  private Rollups stored(int series, Tier tier, Span wanted, long step) throws SQLException {
    var buckets = new Rollups(step);
    var chunks = new Chunks(session, tier, reader);
    if (tier == Tier.RAW) {
      chunks.samples(series, wanted, chunk -> addSamples(buckets, chunk, wanted));
    } else {
      chunks.rollups(series, wanted, chunk -> addRollups(buckets, chunk, wanted));
    }
    return buckets;
  }

  private void addAll(SampleRun run, SampleRun chunk) {
    budget.checkTime();
    for (int i = 0; i < chunk.size(); i++) {
      if (span.contains(chunk.time(i)) && run.size() <= query.maxPoints()) {
        run.add(chunk.time(i), chunk.value(i));
      }
    }
  }

  private void addSamples(Rollups buckets, SampleRun chunk, Span wanted) {
    budget.checkTime();
    for (int i = 0; i < chunk.size(); i++) {
      if (wanted.contains(chunk.time(i))) {
        buckets.add(chunk.time(i), chunk.value(i));
      }
    }
  }

  private void addRollups(Rollups buckets, Rollups chunk, Span wanted) {
    budget.checkTime();
    for (int i = 0; i < chunk.size(); i++) {
      if (wanted.contains(chunk.start(i))) {
        buckets.add(chunk, i);
      }
    }
  }

  private void readJournal(List<StoredSeries> ofMachine, Span wanted, Journal.Visitor visitor)
      throws SQLException {
    budget.checkTime();
    var ids = ofMachine.stream().mapToInt(StoredSeries::id).sorted().toArray();
    Journal.read(session, ofMachine.getFirst().machine(), wanted, ids, visitor);
  }

  private static SampleRun run(Map<Integer, SampleRun> runs, int series) {
    return runs.computeIfAbsent(series, absent -> new SampleRun());
  }
}
