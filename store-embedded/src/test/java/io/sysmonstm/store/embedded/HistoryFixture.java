package io.sysmonstm.store.embedded;

import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** A history store on a clock that tests move. */
final class HistoryFixture implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  final ManualTime time = new ManualTime(NOW);
  final TestContext context;
  EmbeddedHistoryStore store;

  HistoryFixture(Path directory) {
    context = new TestContext(time, directory);
    store = EmbeddedHistoryStore.builder(context).build();
  }

  BatchBuilder batch(String machine, long seq, Instant at) {
    return new BatchBuilder(context.series(), machine, seq, at);
  }

  void append(BatchBuilder... batches) {
    store.append(Stream.of(batches).map(BatchBuilder::build).toList());
  }

  /** Returns all raw samples of {@code cpu_percent} of a machine. */
  double[] raw(String machine) {
    var all =
        HistoryQuery.builder("cpu_percent", NOW.minus(Duration.ofHours(47)), NOW.plusSeconds(60))
            .machines(List.of(machine))
            .maxPoints(QueryBudget.MAX_POINTS_PER_SERIES)
            .build();
    return store.query(all).series().stream()
        .map(HistorySeries::values)
        .findFirst()
        .orElse(new double[0]);
  }

  void reopen() {
    store.close();
    store = EmbeddedHistoryStore.builder(context).build();
  }

  @Override
  public void close() {
    store.close();
    context.close();
  }
}
