package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.EventLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings the schema of a database up to date: each script once, all that are missing in one
 * transaction, by one process at a time. Where nothing is missing, nothing but a table is read, so
 * that a role without the right to create can do it.
 */
final class Migrations {
  private static final EventLog LOG = EventLog.of(Migrations.class);
  // Any number that nobody else uses in the database.
  private static final long LOCK = 0x7379_736d_6f6eL;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String CREATE =
      """
      CREATE TABLE IF NOT EXISTS sysmonstm_migrations (
        name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())\
      """;

  private Migrations() {}

  /**
   * Applies the scripts that the database does not have yet, in the transaction of the connection.
   */
  static void apply(Connection connection, List<Migration> wanted) throws SQLException {
    if (isComplete(applied(connection), wanted)) {
      return;
    }
    lock(connection);
    try (var statement = connection.createStatement()) {
      statement.execute(CREATE);
      var applied = applied(connection);
      for (var migration : wanted) {
        if (!applied.containsKey(migration.name())) {
          statement.execute(migration.sql());
          remember(connection, migration);
          LOG.info("schema_migrated", "the schema was migrated", "script", migration.name());
        }
      }
    }
  }

  /** Returns the checksums of the scripts that were applied, by name. */
  static Map<String, String> applied(Connection connection) throws SQLException {
    var applied = new HashMap<String, String>();
    try (var statement = connection.createStatement()) {
      try (var exists =
          statement.executeQuery("SELECT to_regclass('sysmonstm_migrations') IS NOT NULL")) {
        exists.next();
        if (!exists.getBoolean(1)) {
          return applied;
        }
      }
      try (var rows = statement.executeQuery("SELECT name, checksum FROM sysmonstm_migrations")) {
        while (rows.next()) {
          applied.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    return applied;
  }

  private static boolean isComplete(Map<String, String> applied, List<Migration> wanted) {
    boolean complete = true;
    for (var migration : wanted) {
      var checksum = applied.get(migration.name());
      if (checksum == null) {
        complete = false;
      } else if (!checksum.equals(migration.checksum())) {
        throw new IllegalStateException(
            "the schema was made by another script %s than this version has; expected one that was never changed: use the version that made it"
                .formatted(migration.name()));
      }
    }
    return complete;
  }

  /** Makes sure that no other process migrates, and that there is time for it. */
  private static void lock(Connection connection) throws SQLException {
    try (var lock = connection.prepareStatement("SELECT pg_try_advisory_xact_lock(?)");
        var statement = connection.createStatement()) {
      lock.setLong(1, LOCK);
      try (var row = lock.executeQuery()) {
        row.next();
        if (!row.getBoolean(1)) {
          throw new SQLException("another process migrates the schema", "55P03");
        }
      }
      connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis() + 5_000);
      statement.execute("SET LOCAL statement_timeout = " + PATIENCE.toMillis());
    }
  }

  private static void remember(Connection connection, Migration migration) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO sysmonstm_migrations (name, checksum) VALUES (?, ?)")) {
      insert.setString(1, migration.name());
      insert.setString(2, migration.checksum());
      insert.executeUpdate();
    }
  }
}
