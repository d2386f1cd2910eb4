package io.sysmonstm.store.timescale;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** A store on a database, and batches for it. */
final class HistoryRig implements AutoCloseable {
  final Instant begin = Instant.now().minus(Duration.ofHours(2)).truncatedTo(ChronoUnit.HOURS);
  final TestContext context;
  final TimescaleHistoryStore store;

  HistoryRig(Path directory, String url) {
    context = new TestContext(TimeSource.system(), directory);
    store = TimescaleHistoryStore.builder(context, url).build();
  }

  BatchBuilder batch(String machine, long seq) {
    return new BatchBuilder(context.series(), machine, seq, begin.plusSeconds(seq));
  }

  /** Returns batches of one sample, whose value is its number modulo 100. */
  List<Batch> batches(String machine, long first, long last) {
    var batches = new ArrayList<Batch>();
    for (long seq = first; seq <= last; seq++) {
      batches.add(batch(machine, seq).sample("cpu_percent", (double) (seq % 100)).build());
    }
    return batches;
  }

  double[] values(String machine) {
    var query =
        HistoryQuery.builder("cpu_percent", begin, begin.plus(Duration.ofHours(1)))
            .machines(List.of(machine))
            .maxPoints(10_000)
            .build();
    var series = store.query(query).series();
    return series.isEmpty() ? new double[0] : series.getFirst().values();
  }

  double reading(String name) {
    return context.metrics().collect().stream()
        .filter(reading -> reading.name().equals(name))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Override
  public void close() {
    store.close();
    context.close();
  }
}
