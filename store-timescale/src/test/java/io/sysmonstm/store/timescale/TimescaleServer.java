package io.sysmonstm.store.timescale;

import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.Skipped;
import java.util.UUID;

/**
 * A TimescaleDB that somebody runs for these tests; no Maven artifact has one. Its JDBC URL, with a
 * role that may create databases, stands in the environment.
 */
final class TimescaleServer {
  private static final String VARIABLE = "SYSMONSTM_TEST_TIMESCALE_URL";

  private TimescaleServer() {}

  /** Makes a new, empty database; skips the test where there is no server. */
  static String createDatabase() {
    var url = System.getenv(VARIABLE);
    Skipped.unless(url != null, VARIABLE + " names no TimescaleDB");
    var name = "test_" + UUID.randomUUID().toString().replace("-", "");
    PostgresServer.execute(url, "CREATE DATABASE " + name);
    var database = named(url, name);
    PostgresServer.execute(database, "CREATE EXTENSION IF NOT EXISTS timescaledb");
    return database;
  }

  /** Drops a database that {@link #createDatabase} made. */
  static void drop(String databaseUrl) {
    var name = databaseUrl.replaceAll("^[^?]*/|\\?.*$", "");
    PostgresServer.execute(System.getenv(VARIABLE), "DROP DATABASE " + name + " WITH (FORCE)");
  }

  private static String named(String url, String database) {
    return url.replaceAll("(//[^/]+/)[^?]*", "$1" + database);
  }
}
