package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.test.servers.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the roles can do that docs/timescale.md tells operators to make. */
class DatabaseRolesIT {
  @TempDir private Path data;

  private static String[] documented(String role) throws IOException {
    try (var lines = Files.lines(Path.of("../docs/timescale.md"))) {
      var statements =
          lines
              .filter(line -> line.startsWith("    ") && line.endsWith(";"))
              .filter(line -> line.contains(role) && !line.contains("SELECT time"))
              .map(String::strip)
              .toArray(String[]::new);
      assertThat(statements).as(role).hasSize(2);
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
        alerts.save(Alert.builder("a1", "disk full", "web-1").build());
        assertThat(rig.store.health().isOk()).isTrue();
      }
      PostgresServer.execute(superuser, documented("sysmonstm_reader"));
      var reader = superuser.replace("user=postgres", "user=sysmonstm_reader");
      try (var rig = new HistoryRig(data, reader);
          var alerts = TimescaleAlertStore.builder(rig.context, reader).build()) {
        assertThat(rig.values("web-1")).hasSize(10);
        assertThat(alerts.alerts(AlertQuery.all())).hasSize(1);
        assertThat(rig.store.health().isOk()).isTrue();
        assertThat(alerts.health().isOk()).isTrue();

        assertThatExceptionOfType(StoreUnavailableException.class)
            .isThrownBy(() -> alerts.acknowledge("a1", "somebody"))
            .withMessageContaining("the role lacks rights");
        assertThatExceptionOfType(StoreUnavailableException.class)
            .isThrownBy(() -> rig.store.append(rig.batches("web-1", 11, 12)));
      }
    }
  }
}
