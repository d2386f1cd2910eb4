package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.Silence;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the roles can do that docs/timescale.md tells operators to make. */
class DatabaseRolesIT {
  private static final Notification OWED =
      new Notification("a1", "ops", Notification.Kind.FIRED, Instant.EPOCH, 0);
  private static final Silence SILENCE =
      new Silence(
          "s1",
          Map.of("machine", "web-1"),
          Instant.EPOCH,
          Instant.parse("2100-01-01T00:00:00Z"),
          Optional.empty(),
          "somebody",
          "");

  @TempDir private Path data;

  private static String[] documented(String role) throws IOException {
    try (var lines = Files.lines(Path.of("../docs/timescale.md"))) {
      var statements =
          lines
              .filter(line -> line.startsWith("    ") && line.endsWith(";"))
              .filter(line -> line.contains(role) && !line.contains("SELECT time"))
              .map(String::strip)
              .toArray(String[]::new);
      assertThat(statements).as(role).hasSizeBetween(2, 3);
      return statements;
    }
  }

  @Test
  void theOwnerMakesTheSchemaAndTheReaderOnlyReads() throws Exception {
    try (var server = PostgresServer.create()) {
      PostgresServer.execute(server.jdbcUrl("postgres"), documented("sysmonstm_owner"));
      var superuser = server.jdbcUrl("sysmonstm");
      var owner = superuser.replace("user=postgres", "user=sysmonstm_owner");
      try (var rig = new HistoryRig(data, owner);
          var alerts = TimescaleAlertStore.builder(rig.context, owner).build()) {
        rig.store.append(rig.batches("web-1", 1, 10));
        alerts.save(Alert.builder("a1", "disk full", "web-1").build(), List.of(OWED));
        alerts.putSilence(SILENCE, Actor.within("ada"));
        assertThat(rig.store.health().isOk()).isTrue();
      }
      PostgresServer.execute(superuser, documented("sysmonstm_reader"));
      var reader = superuser.replace("user=postgres", "user=sysmonstm_reader");
      try (var rig = new HistoryRig(data, reader);
          var alerts = TimescaleAlertStore.builder(rig.context, reader).build()) {
        assertThat(rig.values("web-1")).hasSize(10);
        assertThat(alerts.alerts(AlertQuery.all())).hasSize(1);
        assertThat(alerts.silences()).hasSize(1);
        assertThat(alerts.audit(Optional.empty(), 10)).hasSize(1);
        assertThat(rig.store.health().isOk()).isTrue();
        assertThat(alerts.health().isOk()).isTrue();

        assertThatExceptionOfType(StoreUnavailableException.class)
            .isThrownBy(() -> alerts.acknowledge("a1", Actor.within("somebody")))
            .withMessageContaining("the role lacks rights");
        assertThatExceptionOfType(StoreUnavailableException.class)
            .isThrownBy(() -> alerts.claim("ops", "somebody", Duration.ofSeconds(1), 1))
            .withMessageContaining("the role lacks rights");
        assertThatExceptionOfType(StoreUnavailableException.class)
            .isThrownBy(() -> rig.store.append(rig.batches("web-1", 11, 12)));
      }
    }
  }

  private static TimescaleAccessStore access(TestContext context, String url) {
    return new TimescaleAccessStore(
        new Server(url, Optional.empty(), Optional.empty()), Clock.OF_SERVER, context);
  }

  @Test
  @DisplayName("row 16, 21: a role without DDL does all, and cannot change the audit")
  void theWriterDoesAllThatAnEngineAndAGatewayDo() throws Exception {
    try (var server = PostgresServer.create();
        var context = new TestContext(TimeSource.system(), data)) {
      PostgresServer.execute(server.jdbcUrl("postgres"), documented("sysmonstm_owner"));
      var superuser = server.jdbcUrl("sysmonstm");
      var owner = superuser.replace("user=postgres", "user=sysmonstm_owner");
      TimescaleAlertStore.builder(context, owner).build().close();
      access(context, owner).close();
      PostgresServer.execute(superuser, documented("sysmonstm_writer"));
      var writer = superuser.replace("user=postgres", "user=sysmonstm_writer");
      try (var alerts = TimescaleAlertStore.builder(context, writer).build()) {
        alerts.save(Alert.builder("a1", "disk full", "web-1").build(), List.of(OWED));
        alerts.acknowledge("a1", Actor.within("somebody"));
        alerts.putSilence(SILENCE, Actor.within("ada"));
        alerts.endSilence("s1", Actor.within("somebody"));
        assertThat(alerts.claim("ops", "me", Duration.ofSeconds(9), 1)).hasSize(1);
        alerts.settle(List.of(OWED), List.of());
        assertThat(alerts.audit(Optional.empty(), 10)).hasSize(3);
      }
      try (var access = access(context, writer)) {
        var admin =
            new Account(
                "admin", Account.Role.ADMIN, Optional.of("h"), Optional.empty(), Instant.now());
        var entry = AuditEntry.of(Instant.now(), Actor.within("setup"), "x", "admin", "");
        assertThat(access.createFirstAccount(admin, entry)).isTrue();
        assertThat(access.health().isOk()).isTrue();
      }
      for (var change : List.of("UPDATE alert_audit SET done_by = ''", "DELETE FROM alert_audit")) {
        assertThatThrownBy(() -> PostgresServer.execute(writer, change))
            .as(change)
            .hasStackTraceContaining("permission denied for table alert_audit");
      }
      for (var change : List.of("CREATE TABLE x (y int)", "CREATE ROLE x SUPERUSER")) {
        assertThatThrownBy(() -> PostgresServer.execute(writer, change))
            .as(change)
            .hasStackTraceContaining("denied");
      }
    }
  }
}
