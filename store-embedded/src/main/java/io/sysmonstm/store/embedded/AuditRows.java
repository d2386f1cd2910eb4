package io.sysmonstm.store.embedded;

import io.sysmonstm.api.AuditEntry;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of what people did. */
final class AuditRows {
  private static final String COLUMNS = "SELECT time, by, action, subject, detail FROM audit";
  private static final String NEWEST_FIRST = " ORDER BY id DESC LIMIT ?";

  private AuditRows() {}

  static void add(Session session, AuditEntry entry) throws SQLException {
    var add =
        session.prepare(
            "INSERT INTO audit (time, by, action, subject, detail) VALUES (?, ?, ?, ?, ?)");
    add.setLong(1, UnixNanos.of(entry.at()));
    add.setString(2, entry.by());
    add.setString(3, entry.action());
    add.setString(4, entry.subject());
    add.setString(5, entry.detail());
    add.executeUpdate();
  }

  static List<AuditEntry> newest(Session session, Optional<String> subject, int most)
      throws SQLException {
    var query =
        session.prepare(COLUMNS + (subject.isPresent() ? " WHERE subject = ?" : "") + NEWEST_FIRST);
    int next = 1;
    if (subject.isPresent()) {
      query.setString(next++, subject.get());
    }
    query.setInt(next, most);
    var entries = new ArrayList<AuditEntry>();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        entries.add(
            new AuditEntry(
                UnixNanos.instant(rows.getLong(1)),
                rows.getString(2),
                rows.getString(3),
                rows.getString(4),
                rows.getString(5)));
      }
    }
    return entries;
  }

  /** Deletes what was done before a time, and the oldest beyond a number. */
  static void prune(Session session, Instant before, int most) throws SQLException {
    var prune =
        session.prepare(
            """
            DELETE FROM audit WHERE id <= (SELECT id FROM audit ORDER BY id DESC LIMIT 1 OFFSET ?)
              OR id < (SELECT id FROM audit WHERE time >= ? ORDER BY id LIMIT 1)\
            """);
    prune.setInt(1, most);
    prune.setLong(2, UnixNanos.of(before));
    prune.executeUpdate();
  }
}
