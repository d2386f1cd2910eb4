package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.OwedNotification;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The table of notifications that are owed. What is owed of an alert goes when the alert is
 * deleted, by a trigger.
 */
final class OwedRows {
  private static final String ADD =
      "INSERT INTO owed (alert_id, notifier, kind, due, attempts) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
  private static final String PUT =
      """
      INSERT INTO owed (alert_id, notifier, kind, due, attempts)
      SELECT ?, ?, ?, ?, ? FROM alert WHERE id = ? AND (state <> 'RESOLVED' OR ? <> 'REPEATED')
      ON CONFLICT DO UPDATE SET due = excluded.due, attempts = excluded.attempts\
      """;
  // The names of the kinds sort in the order in which they happen.
  private static final String READY =
      "SELECT notifier, kind, due, attempts, "
          + AlertRows.COLUMNS
          + """
           FROM (
            SELECT alert_id, min(due) AS first FROM owed WHERE notifier = ? AND due <= ?
            GROUP BY alert_id ORDER BY first, alert_id LIMIT ?) AS ready
          JOIN owed USING (alert_id) JOIN alert ON id = alert_id
          WHERE notifier = ? ORDER BY first, alert_id, kind\
          """;

  private OwedRows() {}

  /** Adds what is not owed yet. */
  static void add(Session session, List<Notification> owed) throws SQLException {
    var add = session.prepare(ADD);
    for (var one : owed) {
      set(add, one);
      add.executeUpdate();
    }
  }

  /** Adds or changes one, unless its alert is gone or no longer needs it. */
  static void put(Session session, Notification one) throws SQLException {
    var put = session.prepare(PUT);
    set(put, one);
    put.setString(6, one.alertId());
    put.setString(7, one.kind().name());
    put.executeUpdate();
  }

  static void delete(Session session, Notification one) throws SQLException {
    var delete =
        session.prepare("DELETE FROM owed WHERE alert_id = ? AND notifier = ? AND kind = ?");
    delete.setString(1, one.alertId());
    delete.setString(2, one.notifier());
    delete.setString(3, one.kind().name());
    delete.executeUpdate();
  }

  static void deleteRepetitions(Session session, String alertId) throws SQLException {
    var delete = session.prepare("DELETE FROM owed WHERE alert_id = ? AND kind = 'REPEATED'");
    delete.setString(1, alertId);
    delete.executeUpdate();
  }

  /** Returns all that is owed of the alerts of which something is due, for some of them. */
  static List<OwedNotification> ready(Session session, String notifier, Instant now, int alerts)
      throws SQLException {
    var query = session.prepare(READY);
    query.setString(1, notifier);
    query.setLong(2, UnixNanos.of(now));
    query.setInt(3, alerts);
    query.setString(4, notifier);
    var ready = new ArrayList<OwedNotification>();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        ready.add(owed(rows));
      }
    }
    return ready;
  }

  private static OwedNotification owed(ResultSet row) throws SQLException {
    var alert = AlertRows.alert(row);
    var notification =
        new Notification(
            alert.id(),
            row.getString("notifier"),
            Notification.Kind.valueOf(row.getString("kind")),
            UnixNanos.instant(row.getLong("due")),
            row.getInt("attempts"));
    return new OwedNotification(notification, alert);
  }

  private static void set(PreparedStatement statement, Notification one) throws SQLException {
    statement.setString(1, one.alertId());
    statement.setString(2, one.notifier());
    statement.setString(3, one.kind().name());
    statement.setLong(4, UnixNanos.of(one.due()));
    statement.setInt(5, one.attempts());
  }
}
