package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the server's own jobs do, run by hand. */
class TimescaleTiersIT {
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.HOURS);
  private String url;
  private TestContext context;
  private TimescaleHistoryStore store;
  private long seq;

  @BeforeEach
  void open(@TempDir Path directory) {
    url = TimescaleServer.createDatabase();
    context = new TestContext(TimeSource.system(), directory);
    store = TimescaleHistoryStore.builder(context, url).build();
  }

  @AfterEach
  void close() {
    if (url != null) {
      store.close();
      context.close();
      TimescaleServer.drop(url);
    }
  }

  @Test
  void lateSamplesReachCompressedChunksAndTheRollups() {
    fill(now.minus(Duration.ofHours(40)), 600, 10);
    arrange();
    run("policy_refresh_continuous_aggregate");
    run("policy_compression");
    assertThat(compressedChunks()).isPositive();
    var late = now.minus(Duration.ofHours(25));
    fill(late, 60, 70);

    run("policy_refresh_continuous_aggregate");
    run("policy_compression");
    run("policy_retention");

    assertThat(average(late, Duration.ofMinutes(1)))
        .containsExactly(new double[] {70}, within(1e-9));
    assertThat(average(late.truncatedTo(ChronoUnit.HOURS), Duration.ofHours(1)))
        .containsExactly(new double[] {70}, within(1e-9));
  }

  @Test
  void rollupsOutliveTheRawSamples() {
    fill(now.minus(Duration.ofHours(52)), 600, 30);
    arrange();
    // As the jobs did when these samples were new.
    PostgresServer.execute(
        url,
        "CALL refresh_continuous_aggregate('samples_1m', NULL, NULL)",
        "CALL refresh_continuous_aggregate('samples_1h', NULL, NULL)");
    run("policy_retention");
    assertThat(PostgresServer.askNumber(url, "SELECT count(*) FROM samples")).isZero();
    run("policy_refresh_continuous_aggregate");

    assertThat(PostgresServer.askNumber(url, "SELECT count(*) FROM metric_samples_1m"))
        .isEqualTo(10);
    assertThat(PostgresServer.askNumber(url, "SELECT sum(count) FROM metric_samples_1h"))
        .isEqualTo(600);
  }

  @Test
  void otherRetentionTimesChangeThePolicies() {
    arrange();
    assertThat(dropAfter()).containsExactly("02:00:00", "2 days");
    store.close();
    store = TimescaleHistoryStore.builder(context, url).keepRaw(Duration.ofDays(4)).build();
    arrange();

    assertThat(dropAfter()).containsExactly("04:00:00", "4 days");
    assertThat(jobs()).isEqualTo(8);
    arrange();
    assertThat(jobs()).isEqualTo(8);
  }

  private List<String> dropAfter() {
    return PostgresServer.ask(
            url,
            """
            SELECT justify_hours(time_interval)::text FROM timescaledb_information.dimensions
            WHERE hypertable_name = 'samples'
            UNION ALL
            SELECT justify_hours((config->>'drop_after')::interval)::text
            FROM timescaledb_information.jobs
            WHERE proc_name = 'policy_retention' AND hypertable_name = 'samples'\
            """)
        .stream()
        .map(Optional::orElseThrow)
        .toList();
  }

  private long jobs() {
    return PostgresServer.askNumber(
        url, "SELECT count(*) FROM timescaledb_information.jobs WHERE hypertable_name IS NOT NULL");
  }

  private long compressedChunks() {
    return PostgresServer.askNumber(
        url, "SELECT count(*) FROM timescaledb_information.chunks WHERE is_compressed");
  }

  /** Makes the policies, and keeps the server's own workers away from them. */
  private void arrange() {
    Eventually.until("arranged", () -> store.upkeep().now());
    PostgresServer.execute(
        url,
        "SELECT alter_job(job_id, scheduled => false) FROM timescaledb_information.jobs WHERE hypertable_name IS NOT NULL");
  }

  private void run(String procedure) {
    PostgresServer.ask(
            url,
            "SELECT 'CALL run_job(' || job_id || ')' FROM timescaledb_information.jobs WHERE proc_name = '"
                + procedure
                + "' ORDER BY job_id")
        .forEach(call -> PostgresServer.execute(url, call.orElseThrow()));
  }

  /** Appends a sample for each second. */
  private void fill(Instant begin, int seconds, double value) {
    var batches = new ArrayList<Batch>();
    for (int i = 0; i < seconds; i++) {
      seq++;
      batches.add(
          new BatchBuilder(context.series(), "a", seq, begin.plusSeconds(i))
              .sample("cpu_percent", value)
              .build());
    }
    store.append(batches);
  }

  private double[] average(Instant begin, Duration step) {
    var query = HistoryQuery.builder("cpu_percent", begin, begin.plus(step)).step(step).build();
    return store.query(query).series().getFirst().values();
  }
}
