package io.sysmonstm.store.embedded;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.sqlite.JDBC;

/**
 * How connections are set up. {@code synchronous = FULL} waits for the disk at each commit: what
 * was acknowledged as durable survives a power cut, not just the end of the process.
 */
final class Pragmas {
  private Pragmas() {}

  static Session writer(Path file) throws SQLException {
    return set(
        connect(file),
        "PRAGMA busy_timeout = 2000",
        // The next two work only before a file has its first page.
        "PRAGMA page_size = 8192",
        "PRAGMA auto_vacuum = INCREMENTAL",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA journal_size_limit = 33554432",
        "PRAGMA cache_size = -32768",
        "PRAGMA temp_store = MEMORY");
  }

  static Session reader(Path file) throws SQLException {
    return set(
        connect(file),
        "PRAGMA query_only = TRUE",
        "PRAGMA cache_size = -8192",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA busy_timeout = 2000");
  }

  private static Connection connect(Path file) throws SQLException {
    return JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
  }

  private static Session set(Connection connection, String... pragmas) throws SQLException {
    var session = new Session(connection);
    try {
      session.execute(pragmas);
      return session;
    } catch (SQLException e) {
      session.close();
      throw e;
    }
  }
}
