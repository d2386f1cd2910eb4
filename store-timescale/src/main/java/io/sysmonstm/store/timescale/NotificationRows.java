package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.OwedNotification;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The table {@code alert_notifications}. Whoever changes it and {@code alerts} locks rows of {@code
 * alerts} first. What is owed of an alert goes when the alert is deleted.
 */
final class NotificationRows {
  private static final String ADD =
      """
      INSERT INTO alert_notifications (alert_id, notifier, kind, due_at, attempts) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING\
      """;
  private static final String PUT =
      """
      INSERT INTO alert_notifications (alert_id, notifier, kind, due_at, attempts) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (alert_id, notifier, kind) DO UPDATE SET
        due_at = excluded.due_at, attempts = excluded.attempts, leased_by = excluded.leased_by,
        leased_until = excluded.leased_until\
      """;
  private static final String LOCK_CLAIMS =
      "SELECT pg_advisory_xact_lock('alert_notifications'::regclass::oid::integer, hashtext(?))";
  // Rows that somebody settles or saves at the same time are left to the next claim, so that none
  // waits for another. Names of kinds sort in the order in which they happen.
  private static final String CLAIM =
      """
      WITH ready AS (
        SELECT alert_id, min(due_at) AS first FROM alert_notifications AS due
        WHERE notifier = ? AND due_at <= ? AND NOT EXISTS (
          SELECT FROM alert_notifications AS leased
          WHERE leased.alert_id = due.alert_id AND leased.notifier = due.notifier
            AND leased.leased_until > ? AND leased.leased_by <> ?)
        GROUP BY alert_id ORDER BY first, alert_id LIMIT ?
      ), taken AS (
        SELECT alert_id, notifier, kind, first FROM alert_notifications JOIN ready USING (alert_id)
        WHERE notifier = ? ORDER BY first, alert_id, kind LIMIT ?
        FOR UPDATE OF alert_notifications SKIP LOCKED
      ), claimed AS (
        UPDATE alert_notifications AS owed SET leased_by = ?, leased_until = ? FROM taken
        WHERE (owed.alert_id, owed.notifier, owed.kind) = (taken.alert_id, taken.notifier, taken.kind)
        RETURNING owed.alert_id, owed.notifier, owed.kind, due_at, attempts, first
      )
      SELECT notifier, kind, due_at, attempts,\s"""
          + AlertRows.COLUMNS
          + " FROM claimed JOIN alerts ON id = alert_id ORDER BY first, alert_id, kind";

  // In which rows are locked, so that two who settle the same never wait for each other.
  private static final Comparator<Notification> ORDER =
      Comparator.comparing(Notification::alertId)
          .thenComparing(Notification::notifier)
          .thenComparing(Notification::kind);

  private NotificationRows() {}

  /** Adds what is not owed yet. */
  static void add(Connection connection, List<Notification> owed) throws SQLException {
    write(connection, ADD, owed);
  }

  /**
   * Deletes what is done, adds or changes what alerts still need later, and ends leases of both.
   */
  static void settle(Connection connection, List<Notification> done, List<Notification> later)
      throws SQLException {
    var resolved = lockAlerts(connection, later);
    delete(connection, done.stream().sorted(ORDER).toList());
    write(
        connection,
        PUT,
        later.stream().filter(one -> isNeeded(one, resolved)).sorted(ORDER).toList());
  }

  private static void delete(Connection connection, List<Notification> done) throws SQLException {
    try (var delete =
        connection.prepareStatement(
            "DELETE FROM alert_notifications WHERE alert_id = ? AND notifier = ? AND kind = ?")) {
      for (var one : done) {
        setKey(delete, one);
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }

  static void deleteRepetitions(Connection connection, String alertId) throws SQLException {
    try (var delete =
        connection.prepareStatement(
            "DELETE FROM alert_notifications WHERE alert_id = ? AND kind = 'repeated'")) {
      delete.setString(1, AlertJson.storable(alertId));
      delete.executeUpdate();
    }
  }

  /** Makes others that claim for the same notifier wait for the end of the transaction. */
  static void lockClaims(Connection connection, String notifier) throws SQLException {
    try (var lock = connection.prepareStatement(LOCK_CLAIMS)) {
      lock.setString(1, AlertJson.storable(notifier));
      lock.execute();
    }
  }

  /** Leases all that is owed of alerts of which something is due, and nothing leased to others. */
  static List<OwedNotification> claim(Connection connection, Claim wanted) throws SQLException {
    try (var claim = connection.prepareStatement(CLAIM)) {
      var notifier = AlertJson.storable(wanted.notifier);
      var by = AlertJson.storable(wanted.by);
      claim.setString(1, notifier);
      Times.set(claim, 2, wanted.now);
      Times.set(claim, 3, wanted.now);
      claim.setString(4, by);
      claim.setInt(5, wanted.most);
      claim.setString(6, notifier);
      claim.setInt(7, wanted.most);
      claim.setString(8, by);
      Times.set(claim, 9, wanted.now.plus(wanted.lease));
      var claimed = new ArrayList<OwedNotification>();
      try (var rows = claim.executeQuery()) {
        while (rows.next()) {
          claimed.add(owed(rows));
        }
      }
      return claimed;
    }
  }

  /** Who wants to tell what, and until when. */
  record Claim(String notifier, String by, Instant now, Duration lease, int most) {}

  private static boolean isNeeded(Notification one, Map<String, Boolean> resolved) {
    var isResolved = resolved.get(AlertJson.storable(one.alertId()));
    return isResolved != null && (!isResolved || one.kind() != Notification.Kind.REPEATED);
  }

  /** Keeps alerts from changing, and returns which of those that are there are resolved. */
  private static Map<String, Boolean> lockAlerts(
      Connection connection, List<Notification> notifications) throws SQLException {
    var ids =
        notifications.stream().map(one -> AlertJson.storable(one.alertId())).distinct().toArray();
    var resolved = new HashMap<String, Boolean>();
    try (var query =
        connection.prepareStatement(
            "SELECT id, state = 'resolved' FROM alerts WHERE id = ANY (?) ORDER BY id FOR SHARE")) {
      query.setArray(1, connection.createArrayOf("text", ids));
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          resolved.put(rows.getString(1), rows.getBoolean(2));
        }
      }
    }
    return resolved;
  }

  private static void write(Connection connection, String sql, List<Notification> notifications)
      throws SQLException {
    if (notifications.isEmpty()) {
      return;
    }
    try (var write = connection.prepareStatement(sql)) {
      for (var one : notifications) {
        setKey(write, one);
        Times.set(write, 4, one.due());
        write.setInt(5, one.attempts());
        write.addBatch();
      }
      write.executeBatch();
    }
  }

  private static void setKey(PreparedStatement statement, Notification one) throws SQLException {
    statement.setString(1, AlertJson.storable(one.alertId()));
    statement.setString(2, AlertJson.storable(one.notifier()));
    statement.setString(3, one.kind().name().toLowerCase(Locale.ROOT));
  }

  private static OwedNotification owed(ResultSet row) throws SQLException {
    var alert = AlertRows.alert(row);
    var notification =
        new Notification(
            alert.id(),
            row.getString("notifier"),
            Notification.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
            Times.get(row, "due_at"),
            row.getInt("attempts"));
    return new OwedNotification(notification, alert);
  }
}
