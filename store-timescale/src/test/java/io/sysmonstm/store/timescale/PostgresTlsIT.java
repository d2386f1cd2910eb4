package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.test.servers.CertificateAuthority;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That {@code sslmode=verify-full}, as docs/timescale.md has it, means a verified server. */
class PostgresTlsIT {
  @TempDir private static Path directory;
  private static CertificateAuthority authority;
  private static CertificateAuthority stranger;
  private static PostgresServer server;
  private static String database;

  @BeforeAll
  static void startServer() {
    authority = CertificateAuthority.create(directory, "authority-1");
    stranger = CertificateAuthority.create(directory, "authority-2");
    server = PostgresServer.secured(authority.issue("postgres", "dns:localhost"));
    database = server.createDatabase();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private static String verified(String url, String host, CertificateAuthority trusted) {
    return "%s&sslmode=verify-full&sslrootcert=%s"
        .formatted(url.replace("127.0.0.1", host), trusted.certificate());
  }

  @Test
  void aServerThatTheTrustedAuthoritySignedIsUsed(@TempDir Path data) {
    try (var rig = new HistoryRig(data, verified(database, "localhost", authority))) {
      rig.store.append(rig.batches("web-1", 1, 10));

      assertThat(rig.values("web-1")).hasSize(10);
      assertThat(rig.store.health().isOk()).isTrue();
      assertThat(
              PostgresServer.ask(
                  database,
                  "SELECT DISTINCT ssl::text FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                      + " WHERE application_name LIKE 'sysmonstm-%'"))
          .containsExactly(Optional.of("true"));
    }
  }

  @Test
  void oneThatAnotherAuthoritySignedIsRefused(@TempDir Path data) {
    refuses(
        data,
        verified(database, "localhost", stranger),
        "database: the server is not trusted: its certificate is signed by nobody who is trusted"
            + " here");
  }

  @Test
  void oneWhoseCertificateIsForAnotherHostIsRefused(@TempDir Path data) {
    refuses(
        data,
        verified(database, "127.0.0.1", authority),
        "database: the server is not trusted: its certificate is for another host name");
  }

  @Test
  void oneThatOffersNoTlsIsRefused(@TempDir Path data) {
    try (var plain = PostgresServer.create()) {
      refuses(
          data,
          verified(plain.createDatabase(), "localhost", authority),
          "database: the server refuses the connection, or offers no TLS");
    }
  }

  private static void refuses(Path data, String url, String problem) {
    try (var rig = new HistoryRig(data, url)) {
      Eventually.until("it is told", () -> !rig.store.health().isOk());
      assertThat(rig.store.health().problem()).hasValue(problem);
    }
  }
}
