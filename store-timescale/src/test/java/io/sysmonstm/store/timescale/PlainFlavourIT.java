package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.test.servers.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compares the tiers with what the samples that were ever written amount to. */
class PlainFlavourIT {
  private static final PlainFlavour FLAVOUR = PlainFlavour.INSTANCE;
  private static final Retention KEEP =
      new Retention(Duration.ofDays(2), Duration.ofDays(30), Duration.ofDays(730));
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final int MACHINES = 3;
  private static final int SERIES_PER_MACHINE = 2;

  private static PostgresServer server;

  private String url;
  private Connection connection;
  private Instant now = NOON;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void open() throws SQLException {
    url = server.createDatabase();
    connection = connect();
    Migrations.apply(
        connection,
        List.of(Migration.of("history-001"), Migration.of("plain-001"), Migration.of("views-001")));
    try (var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE written (time timestamptz, series_id int, value float8)");
      statement.execute(
          "INSERT INTO machines (name) SELECT 'm' || i FROM generate_series(1, 3) AS i");
      statement.execute(
          """
          INSERT INTO series (machine, metric, labels)
          SELECT machine, 'metric_' || i, '{}' FROM generate_series(1, 3) AS machine, generate_series(1, 2) AS i\
          """);
    }
    connection.commit();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void answersExactlyBeforeAndAfterRollingUpAlsoWithLateSamples() throws SQLException {
    tend();
    var random = new Random(1);
    for (int round = 0; round < 25; round++) {
      now = now.plusSeconds(random.nextInt(2000));
      for (int i = 0; i < 20; i++) {
        int late = random.nextInt(4) == 0 ? random.nextInt(86_400) : random.nextInt(90);
        append(connection, 1 + random.nextInt(MACHINES), now.minusSeconds(late));
      }
      assertExact();
      tend();
      assertExact();
    }
    now = now.plus(Duration.ofHours(2));
    tend();

    assertThat(number("SELECT count(*) FROM unrolled_1m")).isZero();
    assertThat(number("SELECT count(*) FROM unrolled_1h")).isZero();
    assertThat(number("SELECT count(*) FROM rollups_1m")).isPositive();
    assertExact();
  }

  @Test
  void losesAndDoublesNothingWhileManyAppendAndRollUp() throws Exception {
    tend();
    var tasks = new ArrayList<Callable<Boolean>>();
    for (int writer = 0; writer < 4; writer++) {
      var random = new Random(writer);
      tasks.add(
          () -> {
            try (var own = connect()) {
              for (int i = 0; i < 60; i++) {
                append(own, 1 + random.nextInt(MACHINES), now.minusSeconds(random.nextInt(400)));
              }
              return true;
            }
          });
    }
    for (int worker = 0; worker < 2; worker++) {
      tasks.add(
          () -> {
            try (var own = connect()) {
              for (int i = 0; i < 30; i++) {
                FLAVOUR.tend(own, KEEP, now.plus(Duration.ofHours(2)));
                own.commit();
              }
              return true;
            }
          });
    }
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var done : executor.invokeAll(tasks)) {
        assertThat(done.get()).isTrue();
      }
    }

    assertExact();
    now = now.plus(Duration.ofHours(2));
    tend();
    assertThat(number("SELECT count(*) FROM unrolled_1h")).isZero();
    assertExact();
  }

  @Test
  void hasPartitionsForAllThatMayComeBeforeItComes() throws SQLException {
    tend();
    var before = partitions();

    append(connection, 1, now.minus(KEEP.raw()));
    append(connection, 1, now.plus(Duration.ofMinutes(10)));
    append(connection, 1, now.plus(Duration.ofDays(2)));

    assertThat(partitions()).isEqualTo(before).contains("samples_20261122", "rollups_1m_20261122");
    assertThat(number("SELECT count(*) FROM samples")).isEqualTo(3 * SERIES_PER_MACHINE);
  }

  @Test
  void makesPartitionsForSamplesThatComeBeforeTheFirstUpkeep() throws SQLException {
    now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    append(connection, 1, now);
    append(connection, 2, now.minus(Duration.ofDays(1)));
    append(connection, 2, now.plus(Duration.ofDays(5)));

    assertThat(number("SELECT count(*) FROM samples")).isEqualTo(3 * SERIES_PER_MACHINE);
    tend();
    tend();
    assertExact();
  }

  @Test
  void makesThePartitionsOfTheNextDaysInTime() throws SQLException {
    for (int day = 0; day < 25; day++) {
      tend();
      append(connection, 1, now);
      assertThat(partitions()).contains("samples_" + day(now.plus(Duration.ofDays(2))));
      now = now.plus(Duration.ofDays(1));
    }

    assertExact();
  }

  @Test
  void dropsSamplesThatAreTooOldAndKeepsTheirRollups() throws SQLException {
    tend();
    append(connection, 1, now);
    append(connection, 1, now.plusSeconds(5));
    now = now.plus(Duration.ofDays(2));
    tend();
    assertThat(number("SELECT count(*) FROM samples")).isEqualTo(2 * SERIES_PER_MACHINE);

    now = now.plus(Duration.ofHours(12));
    tend();

    assertThat(number("SELECT count(*) FROM samples")).isZero();
    assertThat(partitions()).doesNotContain("samples_20261120").contains("samples_20261121");
    assertExact();
  }

  @Test
  void rollsUpBeforeItDropsWhateverWasNotYet() throws SQLException {
    tend();
    append(connection, 1, now);
    now = now.plus(Duration.ofDays(10));
    tend();
    tend();

    assertThat(number("SELECT count(*) FROM samples")).isZero();
    assertThat(number("SELECT count(*) FROM unrolled_1m")).isZero();
    assertExact();
  }

  @Test
  void addsSamplesOlderThanAllThatIsKeptToTheirRollups() throws SQLException {
    tend();
    append(connection, 1, now);
    append(connection, 2, now.plusSeconds(30));
    now = now.plus(Duration.ofDays(4));
    tend();
    tend();
    assertThat(number("SELECT count(*) FROM samples")).isZero();

    append(connection, 1, NOON.plusSeconds(1), NOON.minusSeconds(1));
    append(connection, 3, NOON.minus(Duration.ofDays(20)));

    assertThat(number("SELECT count(*) FROM samples")).isZero();
    assertExact();
    tend();
    assertExact();
  }

  @Test
  void dropsRollupsThatAreTooOld() throws SQLException {
    tend();
    append(connection, 1, now);
    append(connection, 1, now.minus(Duration.ofDays(5)));
    now = now.plus(Duration.ofDays(32));
    settle();

    assertThat(number("SELECT count(*) FROM samples_1m")).isZero();
    assertThat(number("SELECT count(*) FROM samples_1h")).isEqualTo(2 * SERIES_PER_MACHINE);

    now = now.plus(Duration.ofDays(730 + 30));
    settle();
    assertThat(number("SELECT count(*) FROM samples_1h")).isZero();
  }

  @Test
  void goesOnWhileSomebodyReadsWhatIsToBeDropped() throws SQLException {
    tend();
    append(connection, 1, now);
    now = now.plus(Duration.ofDays(4));
    try (var reader = connect();
        var statement = reader.createStatement()) {
      statement.execute("SELECT count(*) FROM samples");
      tend();
      tend();
      assertThat(partitions()).contains("samples_20261120", "samples_20261124");
      assertThat(number("SELECT count(*) FROM unrolled_1m")).isZero();
    }
    tend();
    assertThat(partitions()).doesNotContain("samples_20261120");
    assertExact();
  }

  /** Writes a sample of each series of a machine at each time, as the appender does. */
  private static void append(Connection connection, int machine, Instant... times)
      throws SQLException {
    var batches = new AppendedMinutes();
    for (var time : times) {
      batches.add(machine, Math.floorDiv(time.getEpochSecond(), 60));
    }
    for (var table : List.of("written", FLAVOUR.prepare(connection, KEEP, batches))) {
      try (var insert =
          connection.prepareStatement(
              "INSERT INTO %s (time, series_id, value) SELECT ?, id, ? FROM series WHERE machine = ? ORDER BY id"
                  .formatted(table))) {
        for (var time : times) {
          insert.setObject(1, time.atOffset(ZoneOffset.UTC));
          insert.setDouble(2, (double) (time.toEpochMilli() % 977));
          insert.setInt(3, machine);
          insert.executeUpdate();
        }
      }
    }
    FLAVOUR.appended(connection, batches);
    connection.commit();
  }

  private void tend() throws SQLException {
    FLAVOUR.tend(connection, KEEP, now);
    connection.commit();
  }

  /** Tends until nothing is left to drop: one tier at a time. */
  private void settle() throws SQLException {
    for (int turn = 0; turn < 4; turn++) {
      tend();
    }
  }

  private void assertExact() throws SQLException {
    for (var tier : List.of("1m 1 minute", "1h 1 hour")) {
      var table = "samples_" + tier.substring(0, 2);
      var step = tier.substring(3);
      assertThat(
              number(
                  """
                  WITH expected AS (
                    SELECT date_bin('%2$s', time, 'epoch') AS time, series_id, sum(value) AS sum, count(*) AS count,
                      min(value) AS min, max(value) AS max, (array_agg(value ORDER BY time DESC))[1] AS last
                    FROM written GROUP BY 1, 2)
                  SELECT count(*) FROM (
                    (TABLE expected EXCEPT ALL SELECT time, series_id, sum, count, min, max, last FROM %1$s)
                    UNION ALL
                    (SELECT time, series_id, sum, count, min, max, last FROM %1$s EXCEPT ALL TABLE expected)) AS wrong\
                  """
                      .formatted(table, step)))
          .as("buckets of %s that are wrong", table)
          .isZero();
    }
  }

  private List<String> partitions() throws SQLException {
    var names = new ArrayList<String>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY 1")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private long number(String query) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    } finally {
      connection.commit();
    }
  }

  private static String day(Instant time) {
    return time.atOffset(ZoneOffset.UTC).toLocalDate().toString().replace("-", "");
  }

  private Connection connect() throws SQLException {
    var opened = DriverManager.getConnection(url);
    opened.setAutoCommit(false);
    return opened;
  }
}
