package io.sysmonstm.store.embedded;

import io.sysmonstm.api.AuditEntry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of what people did. */
final class AuditRows {
  /** What the column of time holds of what was done two years ago. */
  static final String TWO_YEARS_AGO =
      "(CAST(strftime('%s', 'now') AS INTEGER) - 730 * 86400) * 1000000000";

  private static final String COLUMNS =
      "SELECT time, by, source, action, subject, detail FROM audit";
  private static final String NEWEST_FIRST = " ORDER BY id DESC LIMIT ?";

  private AuditRows() {}

  static void add(Session session, AuditEntry entry) throws SQLException {
    var add =
        session.prepare(
            "INSERT INTO audit (time, by, source, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?)");
    add.setLong(1, UnixNanos.of(entry.at()));
    add.setString(2, entry.by());
    add.setString(3, entry.source());
    add.setString(4, entry.action());
    add.setString(5, entry.subject());
    add.setString(6, entry.detail());
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
                rows.getString(5),
                rows.getString(6)));
      }
    }
    return entries;
  }

  /**
   * Deletes what is two years old, and returns how many entries are left, about.
   *
   * <p>By the clock of the machine, as the trigger that allows it.
   */
  static long prune(Session session) throws SQLException {
    session
        .prepare(
            "DELETE FROM audit WHERE id < (SELECT id FROM audit WHERE time >= "
                + TWO_YEARS_AGO
                + " ORDER BY id LIMIT 1)")
        .executeUpdate();
    return Session.numberOr(0, session.prepare("SELECT max(id) - min(id) + 1 FROM audit"));
  }
}
