package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseIT {
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static PostgresServer server;

  private TestContext context;
  private String url;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void prepare(@TempDir Path directory) {
    context = new TestContext(TimeSource.system(), directory);
    url = server.createDatabase();
  }

  @AfterEach
  void close() {
    context.close();
  }

  @Test
  void startsWithoutAServerAndUsesItOnceItIsThere() {
    server.stop();
    try (var database = open()) {
      assertThat(database.health().isOk()).isFalse();
      long begin = System.nanoTime();
      assertThatExceptionOfType(StoreUnavailableException.class)
          .isThrownBy(() -> database.write("count", DatabaseIT::one));
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));

      server.start();
      Eventually.until("healthy", LIMIT, () -> database.health().isOk());
      assertThat(database.read("count", DatabaseIT::one)).isEqualTo(1);
    } finally {
      server.start();
    }
  }

  @Test
  void noticesThatTheServerWentAndCameBackWithoutBeingAsked() {
    try (var database = open()) {
      assertThat(database.health().isOk()).isTrue();
      server.stop();
      Eventually.until("not healthy", LIMIT, () -> !database.health().isOk());
      server.start();
      Eventually.until("healthy", LIMIT, () -> database.health().isOk());
      assertThat(database.write("count", DatabaseIT::one)).isEqualTo(1);
    } finally {
      server.start();
    }
  }

  @Test
  void noticesAFrozenServerAndGoesOnAfterwards() {
    try (var database = open()) {
      server.pause();
      try {
        Eventually.until("not healthy", LIMIT, () -> !database.health().isOk());
      } finally {
        server.resume();
      }
      Eventually.until("healthy", LIMIT, () -> database.health().isOk());
      assertThat(database.write("count", DatabaseIT::one)).isEqualTo(1);
    }
  }

  @Test
  void migratesOnceHoweverManyStart() {
    var migrations = List.of(new Migration("a-001", "CREATE TABLE a (n int)"));
    try (var one = open(migrations);
        var other = open(migrations)) {
      Eventually.until("both", () -> one.health().isOk() && other.health().isOk());
    }
    assertThat(PostgresServer.askNumber(url, "SELECT count(*) FROM sysmonstm_migrations"))
        .isEqualTo(1);
  }

  @Test
  void refusesASchemaThatAnotherScriptOfTheNameMade() {
    open(List.of(new Migration("a-001", "CREATE TABLE a (n int)"))).close();
    try (var database = open(List.of(new Migration("a-001", "CREATE TABLE a (n bigint)")))) {
      assertThat(database.health().problem()).get().asString().contains("a-001");
    }
  }

  @Test
  void needsNoRightToCreateWhereTheSchemaIsThere() {
    var migrations = List.of(new Migration("a-001", "CREATE TABLE a (n int)"));
    open(migrations).close();
    PostgresServer.execute(
        url,
        "CREATE ROLE reader LOGIN",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
    var asReader = url.replace("user=postgres", "user=reader");
    try (var database = open(asReader, migrations)) {
      assertThat(database.health().isOk()).isTrue();
    }
    try (var database = open(asReader, List.of(new Migration("b-001", "CREATE TABLE b (n int)")))) {
      assertThat(database.health().problem()).hasValue("database: the role lacks rights");
    }
  }

  private Database open() {
    return open(List.of());
  }

  private Database open(List<Migration> migrations) {
    return open(url, migrations);
  }

  private Database open(String jdbcUrl, List<Migration> migrations) {
    return new Database(
        new Server(jdbcUrl, Optional.empty(), Optional.empty()),
        "test",
        connection -> {
          Migrations.apply(connection, migrations);
          return true;
        },
        context);
  }

  private static int one(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT 1")) {
      row.next();
      return row.getInt(1);
    }
  }
}
