package io.sysmonstm.store.timescale;

import io.sysmonstm.api.AuditEntry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table {@code alert_audit}. */
final class AuditRows {
  private static final String ADD =
      """
      INSERT INTO alert_audit (done_at, done_by, source, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?)\
      """;

  private AuditRows() {}

  static void add(Connection connection, AuditEntry entry) throws SQLException {
    Sql.update(
        connection,
        ADD,
        entry.at(),
        entry.by(),
        entry.source(),
        entry.action(),
        entry.subject(),
        entry.detail());
  }

  static List<AuditEntry> newest(Connection connection, Optional<String> subject, int most)
      throws SQLException {
    var ofOne = subject.isPresent() ? " WHERE subject = ?" : "";
    try (var query =
        connection.prepareStatement(
            "SELECT * FROM alert_audit" + ofOne + " ORDER BY id DESC LIMIT ?")) {
      int next = 1;
      if (subject.isPresent()) {
        query.setString(next++, AlertJson.storable(subject.get()));
      }
      query.setInt(next, most);
      var entries = new ArrayList<AuditEntry>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          entries.add(
              new AuditEntry(
                  Times.get(rows, "done_at"),
                  rows.getString("done_by"),
                  rows.getString("source"),
                  rows.getString("action"),
                  rows.getString("subject"),
                  rows.getString("detail")));
        }
      }
      return entries;
    }
  }

  /** Deletes what is two years old, and returns how many entries are left, about. */
  static long prune(Connection connection) throws SQLException {
    return Sql.number(connection, "SELECT prune_alert_audit()");
  }
}
