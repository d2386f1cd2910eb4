package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appends of many samples of a series, which go straight into the columnstore. */
class PackedAppendIT {
  private String url;
  private HistoryRig rig;

  @BeforeEach
  void open(@TempDir Path directory) {
    url = TimescaleServer.createDatabase();
    rig = new HistoryRig(directory, url);
  }

  @AfterEach
  void close() {
    if (url != null) {
      rig.close();
      TimescaleServer.drop(url);
    }
  }

  @Test
  void samplesOfACatchUpAreStoredWithoutRows() {
    rig.store.append(rig.batches("a", 1, 500));

    assertThat(rowsOutsideTheColumnstore()).isZero();
    assertThat(rig.values("a")).containsExactly(expected(1, 500));
    assertThat(rig.store.newest(rig.begin).get("a")).hasSize(1);
    assertThat(rig.store.newest(rig.begin).get("a").getFirst().observedAt())
        .isEqualTo(rig.begin.plusSeconds(500));
  }

  @Test
  void aSampleOfEachSeriesIsStoredAsARow() {
    rig.store.append(rig.batches("a", 1, 500));
    rig.store.append(
        List.of(
            rig.batches("a", 501, 501).getFirst(),
            rig.batches("b", 1, 1).getFirst(),
            rig.batches("c", 1, 1).getFirst()));

    assertThat(rowsOutsideTheColumnstore()).isEqualTo(3);
    assertThat(rig.values("a")).containsExactly(expected(1, 501));
  }

  @Test
  void whatIsSentAgainIsStoredOnce() {
    rig.store.append(rig.batches("a", 1, 100));
    rig.store.append(rig.batches("a", 1, 500));
    rig.store.append(rig.batches("a", 400, 600));

    assertThat(rig.values("a")).containsExactly(expected(1, 600));
    assertThat(rig.store.committed("a").get(BatchBuilder.EPOCH))
        .isEqualTo(new SeqRanges(List.of(new SeqRange(1, 600))));
  }

  @Test
  void rollupsTakeNoteOfWhatComesAfterThem() {
    rig.store.append(rig.batches("a", 1, 500));
    refresh();
    rig.store.append(rig.batches("b", 1, 500));
    refresh();

    assertThat(PostgresServer.askNumber(url, "SELECT sum(count) FROM metric_samples_1m"))
        .isEqualTo(1_000);
    assertThat(PostgresServer.askNumber(url, "SELECT sum(avg * count) FROM metric_samples_1m"))
        .isEqualTo(2 * LongStream.rangeClosed(1, 500).map(n -> n % 100).sum());
  }

  @Test
  void theJobOfTheServerMakesOneOfManySegments() {
    for (int i = 0; i < 10; i++) {
      rig.store.append(rig.batches("a", 1 + i * 50L, 50 + i * 50L));
    }
    rig.store.append(rig.batches("a", 501, 501));
    Eventually.until("arranged", () -> rig.store.upkeep().now());
    PostgresServer.execute(
        url,
        "CALL remove_columnstore_policy('samples', if_exists => true)",
        "CALL add_columnstore_policy('samples', after => interval '1 minute', initial_start => now() + interval '1 day')");
    var call =
        PostgresServer.ask(
            url,
            "SELECT 'CALL run_job(' || job_id || ')' FROM timescaledb_information.jobs WHERE hypertable_name = 'samples' AND proc_name = 'policy_compression'");
    // First the rows are taken in, then the segments are put in order.
    PostgresServer.execute(url, call.getFirst().orElseThrow());
    PostgresServer.execute(url, call.getFirst().orElseThrow());

    assertThat(rowsOutsideTheColumnstore()).isZero();
    assertThat(
            PostgresServer.askNumber(
                url, "SELECT count(*) FROM _timescaledb_catalog.chunk WHERE status & 10 <> 0"))
        .as("chunks that are unordered or have rows")
        .isZero();
    assertThat(rig.values("a")).containsExactly(expected(1, 501));
  }

  @Test
  void lateSamplesLeaveOldChunksAsTheyAre() {
    var late = new ArrayList<Batch>();
    for (int seq = 1; seq <= 100; seq++) {
      late.add(
          new BatchBuilder(
                  rig.context.series(),
                  "a",
                  seq,
                  rig.begin.minus(Duration.ofHours(30)).plusSeconds(seq))
              .sample("cpu_percent", seq)
              .build());
    }
    rig.store.append(late);

    assertThat(rowsOutsideTheColumnstore()).isEqualTo(100);
  }

  private long rowsOutsideTheColumnstore() {
    return PostgresServer.ask(
            url,
            "SELECT format('SELECT count(*) FROM ONLY %I.%I', chunk_schema, chunk_name) FROM timescaledb_information.chunks WHERE hypertable_name = 'samples'")
        .stream()
        .mapToLong(count -> PostgresServer.askNumber(url, count.orElseThrow()))
        .sum();
  }

  private void refresh() {
    PostgresServer.execute(url, "CALL refresh_continuous_aggregate('samples_1m', NULL, NULL)");
  }

  private static double[] expected(long first, long last) {
    return LongStream.rangeClosed(first, last).mapToDouble(n -> (double) (n % 100)).toArray();
  }
}
