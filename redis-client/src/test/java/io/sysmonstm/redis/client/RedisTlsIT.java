package io.sysmonstm.redis.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.StatefulRedisConnection;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.test.servers.CertificateAuthority;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That {@code rediss://} means a server that was verified. */
class RedisTlsIT {
  @TempDir private static Path directory;
  private static CertificateAuthority authority;
  private static CertificateAuthority stranger;
  private static RedisServer server;

  @BeforeAll
  static void start() {
    authority = CertificateAuthority.create(directory, "authority-1");
    stranger = CertificateAuthority.create(directory, "authority-2");
    server = RedisServer.secured(authority.issue("redis", "dns:localhost"), authority);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aServerThatTheTrustedAuthoritySignedIsUsed() {
    try (var client = new Client("localhost", authority.certificate())) {
      Eventually.until("works", () -> client.problem().isEmpty());
    }
  }

  @Test
  void oneThatAnotherAuthoritySignedIsRefusedUntilItIsTrusted() throws IOException {
    var trust = directory.resolve("trust.pem");
    Files.copy(stranger.certificate(), trust);
    try (var client = new Client("localhost", trust)) {
      client.awaitProblem("Redis: its certificate is signed by nobody who is trusted here");

      Files.writeString(trust, Files.readString(authority.certificate()));

      Eventually.until("works without a restart", () -> client.problem().isEmpty());
    }
  }

  @Test
  void oneWhoseCertificateIsForAnotherHostIsRefused() {
    try (var client = new Client("127.0.0.1", authority.certificate())) {
      client.awaitProblem("Redis: its certificate is for another host name");
    }
  }

  @Test
  void withoutATrustFileTheJvmDecides() {
    try (var client = new Client("localhost", Map.of())) {
      client.awaitProblem("Redis: its certificate is signed by nobody who is trusted here");
    }
  }

  @Test
  void aServerThatSpeaksNoTlsIsRefused() {
    var url = "rediss://localhost:" + server.port();
    var settings = Map.of("redis.url", url, "redis.tls.trust", authority.certificate().toString());
    try (var client = new Client(settings)) {
      client.awaitProblem("Redis");
    }
  }

  @Test
  void aServerThatAsksForACertificateGetsIt() {
    var mine = authority.issue("aggregator");
    var trust = authority.certificate().toString();
    var pair =
        Map.of(
            "redis.tls.trust",
            trust,
            "redis.tls.certificate",
            mine.certificate().toString(),
            "redis.tls.key",
            mine.key().toString());
    try (var strict =
            RedisServer.secured(
                authority.issue("strict", "dns:localhost"),
                authority,
                "--tls-auth-clients",
                "yes");
        var known = new Client(at("localhost", strict, pair));
        var unknown = new Client(at("localhost", strict, Map.of("redis.tls.trust", trust)))) {
      Eventually.until("works", () -> known.problem().isEmpty());
      // By TLS 1.3 the server says so only after the handshake, by ending the connection.
      unknown.awaitProblem("Redis");
    }
  }

  private static Map<String, String> at(
      String host, RedisServer where, Map<String, String> settings) {
    var all = new HashMap<>(settings);
    all.put("redis.url", "rediss://%s:%d".formatted(host, where.tlsPort()));
    return all;
  }

  /** What a plugin makes of its settings. */
  private static final class Client implements AutoCloseable {
    private final RedisConnector connector;
    private final RedisWorker<StatefulRedisConnection<String, byte[]>> worker;

    Client(String host, Path trust) {
      this(host, Map.of("redis.tls.trust", trust.toString()));
    }

    Client(String host, Map<String, String> settings) {
      this(at(host, server, settings));
    }

    Client(Map<String, String> settings) {
      connector = RedisConnector.of(Settings.of(settings));
      worker =
          new RedisWorker<>(
              "test",
              new SelfMetrics(),
              connector::connect,
              connection -> Replies.soon().await(connection.async().ping()));
      worker.start();
    }

    String problem() {
      return worker.health().problem().orElse("");
    }

    void awaitProblem(String expected) {
      worker.awaitFirstTurn(Duration.ofSeconds(20));
      assertThat(problem()).startsWith(expected).doesNotContain("localhost", "127.0.0.1");
    }

    @Override
    public void close() {
      worker.close();
      connector.close();
    }
  }
}
