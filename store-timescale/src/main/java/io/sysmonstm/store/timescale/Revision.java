package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The number that grows with each change of rules or acknowledgement: one row, whose lock a writer
 * holds until its change is committed. So numbers become visible in their order, each together with
 * its change, and whoever has read a number misses nothing up to it. A sequence would not do that.
 * Writers of rules take the lock first, those of alerts after that of the alert.
 */
final class Revision {
  private Revision() {}

  static long read(Connection connection) throws SQLException {
    return number(connection, "SELECT number FROM alert_revision");
  }

  /** Waits until no other transaction changes rules, and keeps others from it. */
  static void lock(Connection connection) throws SQLException {
    long _ = number(connection, "SELECT number FROM alert_revision FOR UPDATE");
  }

  static void advance(Connection connection) throws SQLException {
    long _ = number(connection, "UPDATE alert_revision SET number = number + 1 RETURNING number");
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (var statement = connection.prepareStatement(sql);
        var rows = statement.executeQuery()) {
      if (!rows.next()) {
        throw new SQLException("the table alert_revision is empty: expected one row");
      }
      return rows.getLong(1);
    }
  }
}
