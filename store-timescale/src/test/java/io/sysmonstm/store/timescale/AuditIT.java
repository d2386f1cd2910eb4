package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of the audit, and what may be done to it. */
class AuditIT {
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
  void open(@TempDir Path directory) {
    context = new TestContext(TimeSource.system(), directory);
    url = server.createDatabase();
  }

  @AfterEach
  void close() {
    context.close();
  }

  @Test
  @DisplayName("row 21: the audit is append-only, for the owner and a superuser too")
  void cannotBeChangedOrEmptied() {
    try (var access = open()) {
      access.record(entry(Instant.now(), "login_failed"));

      for (var change :
          List.of(
              "UPDATE alert_audit SET done_by = 'nobody'",
              "DELETE FROM alert_audit",
              "TRUNCATE alert_audit")) {
        assertThatThrownBy(() -> PostgresServer.execute(url, change))
            .as(change)
            .hasStackTraceContaining("alert_audit is only added to");
      }
      assertThat(actions()).containsExactly("login_failed");
    }
  }

  @Test
  void isClearedOfWhatIsTwoYearsOldAlsoByARoleThatMayNotDelete() throws Exception {
    try (var access = open()) {
      var now = Instant.now();
      access.record(entry(now.minus(Duration.ofDays(731)), "too_old"));
      access.record(entry(now.minus(Duration.ofDays(729)), "old"));
    }
    PostgresServer.execute(
        url,
        "CREATE ROLE adds_only LOGIN",
        "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO adds_only");
    var addsOnly = url.replace("user=postgres", "user=adds_only");
    try (var connection = DriverManager.getConnection(addsOnly)) {
      // A temporary table of the same name is not taken for it.
      try (var statement = connection.createStatement()) {
        statement.execute("CREATE TEMPORARY TABLE alert_audit (id bigint, done_at timestamptz)");
      }
      assertThat(AuditRows.prune(connection)).isOne();
    }

    assertThat(actions()).containsExactly("old");
  }

  @Test
  void ofAnEarlierVersionIsKept() {
    try (var database =
        new Database(
            new Server(url, Optional.empty(), Optional.empty()),
            "earlier",
            connection -> {
              Migrations.apply(
                  connection, List.of(Migration.of("alerts-001"), Migration.of("alerts-002")));
              return true;
            },
            context)) {
      assertThat(database.health().isOk()).isTrue();
    }
    PostgresServer.execute(
        url,
        "INSERT INTO alert_audit (done_at, done_by, action, subject, detail)"
            + " VALUES (now(), 'ann', 'rule_deleted', 'old', '')");

    try (var alerts = TimescaleAlertStore.builder(context, url).build();
        var access = open()) {
      access.record(entry(Instant.now(), "login_failed"));

      assertThat(alerts.audit(Optional.empty(), 10))
          .extracting(one -> one.by() + " " + one.source() + " " + one.action())
          .containsExactly("eve 192.0.2.7 login_failed", "ann  rule_deleted");
    }
  }

  private TimescaleAccessStore open() {
    return new TimescaleAccessStore(
        new Server(url, Optional.empty(), Optional.empty()), Clock.OF_SERVER, context);
  }

  private List<String> actions() {
    try (var alerts = TimescaleAlertStore.builder(context, url).build()) {
      return alerts.audit(Optional.empty(), 10).stream().map(AuditEntry::action).toList();
    }
  }

  private static AuditEntry entry(Instant at, String action) {
    return AuditEntry.of(at, new Actor("eve", "192.0.2.7"), action, "admin", "");
  }
}
