package io.sysmonstm.store.timescale;

import static java.time.format.DateTimeFormatter.BASIC_ISO_DATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.test.servers.PostgresServer;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index of samples, also where a database was made before it had its present order. */
class SampleIndexIT {
  private static PostgresServer server;

  /** Within the retention, which opening a store applies. */
  private final LocalDate yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1);

  @BeforeAll
  static void startServer() {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void followsTheTimeWithoutTheExtension(@TempDir Path directory) throws SQLException {
    var url = server.createDatabase();
    makeAsBefore(url, PlainFlavour.INSTANCE);
    PostgresServer.execute(
        url,
        "CREATE TABLE samples_%s PARTITION OF samples FOR VALUES FROM ('%s 00:00Z') TO ('%s 00:00Z')"
            .formatted(BASIC_ISO_DATE.format(yesterday), yesterday, yesterday.plusDays(1)),
        "INSERT INTO samples VALUES ('%s 01:00Z', 1, 2.5)".formatted(yesterday));
    checkAfterOpening(url, directory);
  }

  @Test
  void followsTheTimeWithTheExtension(@TempDir Path directory) throws SQLException {
    var url = TimescaleServer.createDatabase();
    try {
      makeAsBefore(url, TimescaleFlavour.INSTANCE);
      PostgresServer.execute(
          url,
          "INSERT INTO samples VALUES ('%s 01:00Z', 1, 2.5)".formatted(yesterday),
          "INSERT INTO samples VALUES ('%s 05:00Z', 1, 3.5)".formatted(yesterday));
      PostgresServer.ask(
          url, "SELECT compress_chunk(chunk) FROM show_chunks('samples') AS chunk LIMIT 1");
      checkAfterOpening(url, directory);
    } finally {
      TimescaleServer.drop(url);
    }
  }

  private static void checkAfterOpening(String url, Path directory) {
    long samples = PostgresServer.askNumber(url, "SELECT count(*) FROM samples");
    try (var rig = new HistoryRig(directory, url)) {
      rig.store.append(rig.batches("a", 1, 3));

      assertThat(rig.values("a")).containsExactly(1, 2, 3);
    }
    assertThat(PostgresServer.askNumber(url, "SELECT count(*) FROM samples"))
        .isEqualTo(samples + 3);
    var definitions =
        PostgresServer.ask(
            url,
            "SELECT indexdef FROM pg_indexes WHERE tablename LIKE '%samples_2%' OR tablename = 'samples' OR tablename LIKE '\\_hyper\\_1\\_%'");
    assertThat(definitions).hasSizeGreaterThan(1);
    assertThat(definitions)
        .allSatisfy(index -> assertThat(index.orElseThrow()).endsWith("(series_id, \"time\")"));
  }

  private static void makeAsBefore(String url, Flavour flavour) throws SQLException {
    try (var connection = DriverManager.getConnection(url)) {
      connection.setAutoCommit(false);
      Migrations.apply(
          connection,
          List.of(
              Migration.of("history-001"),
              flavour.migrations().getFirst(),
              Migration.of("views-001")));
      connection.commit();
    }
  }
}
