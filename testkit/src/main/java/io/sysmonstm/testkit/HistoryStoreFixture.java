package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.ProviderContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store that begins empty in each test, and what is written to it and asked of it. */
abstract class HistoryStoreFixture {
  static final Labels ROOT = Labels.of("mount", "/");
  static final Labels HOME = Labels.of("mount", "/home");

  // A whole hour, so that buckets begin where the tests say.
  final ManualTime time = new ManualTime(Instant.now().truncatedTo(ChronoUnit.HOURS));
  final Instant begin = time.instant().minus(Duration.ofHours(2));
  TestContext context;
  HistoryStore store;

  /**
   * Opens a store. Called once in each test, for an empty store, and again after that was closed,
   * for one that still has what was written.
   *
   * @param context with a data directory of this test alone
   * @return an open store, which the contract closes
   */
  protected abstract HistoryStore create(ProviderContext context);

  @BeforeEach
  void open(@TempDir Path directory) {
    context = new TestContext(time, directory);
    store = create(context);
  }

  @AfterEach
  void close() {
    store.close();
    context.close();
  }

  void reopen() {
    store.close();
    store = create(context);
  }

  /** Appends a sample for each second, whose value is the second. */
  void fill(String machine, int fromSecond, int toSecond) {
    var batches = new ArrayList<Batch>();
    for (int second = fromSecond; second < toSecond; second++) {
      batches.add(batch(machine, 1 + second, second).sample("cpu_percent", second).build());
    }
    store.append(batches);
  }

  void append(BatchBuilder... batches) {
    store.append(List.of(batches).stream().map(BatchBuilder::build).toList());
  }

  BatchBuilder batch(String machine, long seq, long second) {
    return new BatchBuilder(context.series(), machine, seq, begin.plusSeconds(second));
  }

  long at(long second) {
    return begin.plusSeconds(second).toEpochMilli();
  }

  HistoryQuery.Builder span(String metric) {
    return HistoryQuery.builder(metric, begin, begin.plus(Duration.ofHours(1)));
  }

  HistoryResult ask(String metric) {
    return store.query(span(metric).build());
  }

  static HistorySeries only(HistoryResult result) {
    assertThat(result.series()).hasSize(1);
    return result.series().getFirst();
  }
}
