package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.FaultRig.print;
import static io.sysmonstm.distributions.FaultRig.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.transport.grpc.v1.MetricType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A collector comes back with two hours of batches in its spool, whose values pass a threshold
 * again and again: all of it reaches history, and nobody is called. With {@code
 * -Dsysmonstm.faults.long=true} it is a day.
 */
class BacklogIT {
  private static final int CYCLES = FaultRig.LONG_FORM ? 17_280 : 1_440;
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final int SERIES = 30;
  // For ten minutes over the threshold, for ten below: longer than any rule waits.
  private static final int CYCLES_EACH = 120;
  private static final double OVER = 2e15;

  @TempDir private Path directory;

  @Test
  void aLongBacklogIsInHistoryOnceAndFiresNothing() throws Exception {
    var rules =
        Files.writeString(
            directory.resolve("rules.yaml"),
            """
            rules:
              - name: impossible-memory
                metric: memory_used_bytes
                operator: gt
                threshold: 1.0e+15
                severity: critical
                message: "{{machine}} uses {{value}} bytes"
              - name: impossible-memory-for-long
                metric: memory_used_bytes
                operator: gt
                threshold: 1.0e+15
                for: 1m
                severity: critical
                message: "{{machine}} uses {{value}} bytes"
            """);
    var redis = RedisServer.running();
    var postgres = PostgresServer.create();
    var database = postgres.createDatabase();
    var from =
        Instant.ofEpochMilli(System.currentTimeMillis()).minus(INTERVAL.multipliedBy(CYCLES));
    long spooled = write(from);
    try (redis;
        postgres;
        var fleet =
            new RoleFleet(
                directory,
                Map.of(
                    "CURRENT_STORE",
                    "redis",
                    "HISTORY_STORE",
                    "timescale",
                    "EVENTS_BUS",
                    "redis-streams",
                    "REDIS_URL",
                    redis.url(),
                    "TIMESCALE_URL",
                    database,
                    "ALERTS_RULES_FILE",
                    rules.toString()))) {
      Eventually.until(
          "ready",
          Duration.ofSeconds(60),
          () -> fleet.ready().path("status").asString().equals("ready"));
      long begin = System.nanoTime();
      try (var collector =
          RunningImage.collector(directory.resolve("late"), fleet.aggregator(), "late")) {
        Eventually.until(
            "all of it is in history; log: " + collector.log(),
            Duration.ofMinutes(6),
            () -> rows(database) >= (long) CYCLES * SERIES);
        var drained = since(begin);
        Eventually.until(
            "it is live",
            Duration.ofSeconds(20),
            () -> fleet.machine("late").path("status").asString().equals("up"));
        long over = ask(database, "SELECT count(*) FROM metric_samples WHERE value = " + OVER);
        print(
            "%s of backlog, %d batches of %d samples, %.1f MB on disk: in history %s after the"
                + " start, %d batches a second, %d of them over the threshold",
            INTERVAL.multipliedBy(CYCLES),
            CYCLES,
            SERIES,
            spooled / 1e6,
            drained,
            CYCLES * 1_000L / drained.toMillis(),
            over);
        assertThat(rows(database)).isEqualTo((long) CYCLES * SERIES);
        assertThat(ask(database, DOUBLES)).as("rows twice").isZero();
        assertThat(
                ask(database, "SELECT count(DISTINCT value) FROM metric_samples WHERE " + NUMBERED))
            .as("each batch has a value of its own")
            .isEqualTo(CYCLES);
        assertThat(over).isEqualTo(CYCLES / 2);
        assertThat(CYCLES * 1_000L / drained.toMillis()).as("batches a second").isGreaterThan(3);
      }
      assertThat(fleet.alerts("machine=late")).isEmpty();
      assertThat(fleet.alerts().log()).doesNotContain("\"event\":\"alert_fired\"");
      // The same value, fresh, does fire: the rules were in force.
      Eventually.until(
          "a fresh one fires",
          Duration.ofSeconds(30),
          () ->
              fleet.send("fresh", MetricType.MEMORY_USED_BYTES, OVER).getSuccess()
                  && fleet.alerts("state=firing").size() == 1);
    }
  }

  /** Without what the collector itself adds when it is there again. */
  private static long rows(String database) {
    return ask(
        database,
        "SELECT count(*) FROM metric_samples WHERE labels->>'mount' LIKE '/spooled/%'"
            + " OR "
            + NUMBERED
            + " OR metric = 'memory_used_bytes' AND value IN (1, "
            + OVER
            + ")");
  }

  private static final String NUMBERED =
      "metric = 'fd_max' AND value BETWEEN 1e9 AND 1e9 + " + CYCLES;
  private static final String DOUBLES =
      """
      SELECT count(*) FROM (SELECT FROM samples GROUP BY time, series_id HAVING count(*) > 1) AS twice""";

  private static long ask(String database, String query) {
    return PostgresServer.askNumber(database, query);
  }

  private long write(Instant from) {
    var number = new int[1];
    try (var spool = new WrittenSpool(directory.resolve("late/spool"), "late", from)) {
      spool.cycles(CYCLES, INTERVAL, (batch, _) -> read(batch, number[0]++));
      return spool.bytes();
    }
  }

  private static void read(BatchBuilder batch, int cycle) {
    batch.sample("fd_max", 1e9 + cycle);
    batch.sample("memory_used_bytes", cycle / CYCLES_EACH % 2 == 0 ? OVER : 1);
    for (int i = 2; i < SERIES; i++) {
      batch.sample("disk_percent", Labels.of("mount", "/spooled/" + i), (cycle + i) % 100);
    }
  }
}
