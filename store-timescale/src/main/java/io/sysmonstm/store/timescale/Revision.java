package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * A number that grows with each change of rules, or of accounts: one row, whose lock a writer holds
 * until its change is committed. So numbers become visible in their order, each together with its
 * change, and whoever has read a number misses nothing up to it. A sequence would not do that.
 * Writers of rules take the lock first, those of alerts after that of the alert.
 */
final class Revision {
  /** Of rules, silences and acknowledgements. */
  static final Revision ALERTS = new Revision("alert_revision");

  /** Of accounts, tokens and credentials. */
  static final Revision ACCESS = new Revision("access_revision");

  private final String table;

  private Revision(String table) {
    this.table = table;
  }

  long read(Connection connection) throws SQLException {
    return number(connection, "SELECT number FROM " + table);
  }

  /** Waits until no other transaction makes such a change, and keeps others from it. */
  void lock(Connection connection) throws SQLException {
    long _ = number(connection, "SELECT number FROM " + table + " FOR UPDATE");
  }

  void advance(Connection connection) throws SQLException {
    long _ = number(connection, "UPDATE " + table + " SET number = number + 1 RETURNING number");
  }

  private long number(Connection connection, String sql) throws SQLException {
    try (var statement = connection.prepareStatement(sql);
        var rows = statement.executeQuery()) {
      if (!rows.next()) {
        throw new SQLException("the table " + table + " is empty: expected one row");
      }
      return rows.getLong(1);
    }
  }
}
