package io.sysmonstm.benchmarks.fleet;

import io.lettuce.core.RedisClient;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.test.servers.RedisServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * A Redis of its own, and the TimescaleDB that SYSMONSTM_TEST_TIMESCALE_URL names, or a plain
 * PostgreSQL of its own. Both must run on this machine, since their CPU time is read from it.
 */
final class Servers implements AutoCloseable {
  private final RedisServer redis;
  private final Optional<PostgresServer> postgres;
  private final String jdbcUrl;
  private final long redisPid;
  private final long postgresPid;
  private final String version;

  private Servers(RedisServer redis, Optional<PostgresServer> postgres, String jdbcUrl)
      throws SQLException {
    this.redis = redis;
    this.postgres = postgres;
    this.jdbcUrl = jdbcUrl;
    this.redisPid = processOf(redis);
    try (var connection = connect();
        var statement = connection.createStatement();
        var answer = statement.executeQuery("SELECT pg_backend_pid(), version()")) {
      answer.next();
      postgresPid =
          ProcessHandle.of(answer.getLong(1))
              .flatMap(ProcessHandle::parent)
              .orElseThrow(() -> new IllegalStateException("PostgreSQL runs elsewhere"))
              .pid();
      version = answer.getString(2);
    }
  }

  /** Starts what is needed, with an empty database. */
  static Servers start() throws SQLException {
    var given = Optional.ofNullable(System.getenv("SYSMONSTM_TEST_TIMESCALE_URL"));
    var redis = RedisServer.running();
    if (given.isPresent()) {
      var name = "load_" + ProcessHandle.current().pid();
      try (var connection = DriverManager.getConnection(given.get());
          var statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + name);
      }
      return new Servers(redis, Optional.empty(), withDatabase(given.get(), name));
    }
    var postgres = PostgresServer.create();
    return new Servers(redis, Optional.of(postgres), postgres.createDatabase());
  }

  private static String withDatabase(String url, String name) {
    return url.replaceFirst("(//[^/]+/)[^?]*", "$1" + name);
  }

  private static long processOf(RedisServer redis) {
    try (var client = RedisClient.create(redis.url());
        var connection = client.connect()) {
      return connection
          .sync()
          .info("server")
          .lines()
          .filter(line -> line.startsWith("process_id:"))
          .map(line -> line.substring("process_id:".length()).strip())
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElseThrow();
    }
  }

  String description() {
    return "%s; %s"
        .formatted(
            postgres.isPresent() ? "without TimescaleDB" : "with TimescaleDB",
            String.join(" ", List.of(version.split(" ")).subList(0, 2)));
  }

  String redisUrl() {
    return redis.url();
  }

  String jdbcUrl() {
    return jdbcUrl;
  }

  long redisPid() {
    return redisPid;
  }

  long postgresPid() {
    return postgresPid;
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl);
  }

  @Override
  public void close() {
    redis.close();
    postgres.ifPresentOrElse(PostgresServer::close, this::drop);
  }

  // On a server that stays; else its jobs would go on in a database of nobody.
  private void drop() {
    var name = jdbcUrl.replaceAll("^[^?]*/|\\?.*$", "");
    PostgresServer.execute(
        withDatabase(jdbcUrl, "postgres"), "DROP DATABASE " + name + " WITH (FORCE)");
  }
}
