package io.sysmonstm.store.timescale;

import io.sysmonstm.api.AuditEntry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table {@code alert_audit}. */
final class AuditRows {
  private static final String ADD =
      """
      INSERT INTO alert_audit (done_at, done_by, action, subject, detail) VALUES (?, ?, ?, ?, ?)\
      """;
  private static final String PRUNE =
      """
      DELETE FROM alert_audit WHERE id <= (SELECT id FROM alert_audit ORDER BY id DESC OFFSET ? LIMIT 1)
        OR id < (SELECT id FROM alert_audit WHERE done_at >= ? ORDER BY id LIMIT 1)\
      """;

  private AuditRows() {}

  static void add(Connection connection, AuditEntry entry) throws SQLException {
    try (var add = connection.prepareStatement(ADD)) {
      Times.set(add, 1, entry.at());
      add.setString(2, AlertJson.storable(entry.by()));
      add.setString(3, entry.action());
      add.setString(4, AlertJson.storable(entry.subject()));
      add.setString(5, AlertJson.storable(entry.detail()));
      add.executeUpdate();
    }
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
                  rows.getString("action"),
                  rows.getString("subject"),
                  rows.getString("detail")));
        }
      }
      return entries;
    }
  }

  /** Deletes what was done before a time, and the oldest beyond a number. */
  static void prune(Connection connection, Instant before, int most) throws SQLException {
    try (var prune = connection.prepareStatement(PRUNE)) {
      prune.setInt(1, most);
      Times.set(prune, 2, before);
      prune.executeUpdate();
    }
  }
}
