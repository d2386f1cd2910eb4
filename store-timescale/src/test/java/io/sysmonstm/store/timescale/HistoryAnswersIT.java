package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Sample;
import io.sysmonstm.test.servers.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryAnswersIT {
  private static PostgresServer server;

  private String url;
  private HistoryRig rig;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void open(@TempDir Path directory) {
    url = server.createDatabase();
    rig = new HistoryRig(directory, url);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void tellTheNewestSampleOfEachSeriesSinceATime() {
    var root = Labels.of("mount", "/");
    rig.store.append(rig.batches("a", 1, 10));
    rig.store.append(List.of(rig.batch("a", 12).sample("disk_percent", root, 5).build()));
    rig.store.append(rig.batches("old", 1, 3));

    var newest = rig.store.newest(rig.begin.plusSeconds(5));

    assertThat(newest).containsOnlyKeys("a");
    assertThat(newest.get("a"))
        .containsExactlyInAnyOrder(
            new Sample("cpu_percent", Labels.empty(), rig.begin.plusSeconds(10), 10),
            new Sample("disk_percent", root, rig.begin.plusSeconds(12), 5));
  }

  @Test
  void areRefusedWhereTheyWouldBeTooGreat() {
    var hour = HistoryQuery.builder("cpu_percent", rig.begin, rig.begin.plusSeconds(3600));
    assertRefused(hour.step(Duration.ZERO), "1 ms or more");
    assertRefused(hour.step(Duration.ofMillis(10)), "wider steps");
    assertRefused(
        HistoryQuery.builder("cpu_percent", rig.begin, rig.begin), "a begin before the end");
    assertRefused(
        HistoryQuery.builder("cpu_percent", rig.begin, rig.begin.plusSeconds(1)).maxPoints(50_001),
        "1 to 50000");
  }

  @Test
  void endWhenTheyTakeTooLong() {
    rig.store.append(rig.batches("a", 1, 10));
    // A view that takes its time, where the table was.
    PostgresServer.execute(
        url,
        "ALTER TABLE samples RENAME TO fast",
        "CREATE FUNCTION dawdle(float8) RETURNS float8 LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(9); RETURN $1; END $$",
        "CREATE VIEW samples AS SELECT time, series_id, dawdle(value) AS value FROM fast");

    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> rig.values("a"))
        .satisfies(slow -> assertThat(slow.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
    assertThat(rig.store.health().isOk()).isTrue();
  }

  @Test
  void standInTheViewsForOtherPrograms() {
    rig.store.append(rig.batches("a", 1, 60));

    assertThat(
            PostgresServer.ask(
                url,
                "SELECT concat_ws(' ', machine_id, metric, labels, min, max, last, count) FROM metric_samples_1h"))
        .singleElement()
        .satisfies(row -> assertThat(row).hasValue("a cpu_percent {} 1 60 60 60"));
    assertThat(PostgresServer.askNumber(url, "SELECT count(*) FROM metric_samples")).isEqualTo(60);
  }

  private void assertRefused(HistoryQuery.Builder query, String expected) {
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> rig.store.query(query.build()))
        .withMessageContaining(expected)
        .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }
}
