package io.sysmonstm.store.timescale;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Severity;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The table {@code alerts}. */
final class AlertRows {
  static final int MOST = 10_000;

  private static final int DELETED_AT_ONCE = 1_000;
  static final String COLUMNS =
      """
      id, rule, machine, severity, state, metric, labels, value, threshold, started_at, fired_at, resolved_at,
      acknowledged_by, message, processes\
      """;
  private static final String SELECT = "SELECT " + COLUMNS + " FROM alerts WHERE ";
  private static final String UPSERT =
      "INSERT INTO alerts ("
          + COLUMNS
          + ") VALUES (?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?::jsonb)"
          + """
           ON CONFLICT (id) DO UPDATE SET
            rule = excluded.rule, machine = excluded.machine, severity = excluded.severity, state = excluded.state,
            metric = excluded.metric, labels = excluded.labels, value = excluded.value,
            threshold = excluded.threshold, started_at = excluded.started_at, fired_at = excluded.fired_at,
            resolved_at = excluded.resolved_at,
            acknowledged_by = coalesce(alerts.acknowledged_by, excluded.acknowledged_by),
            message = excluded.message, processes = excluded.processes
          RETURNING\s"""
          + COLUMNS;
  private static final String LOCK_IDENTITY =
      "SELECT pg_advisory_xact_lock('alerts'::regclass::oid::integer, hashtext(?))";
  // Compares what the index over open alerts holds, so that it is found there.
  private static final String END_OTHERS =
      """
      WITH ended AS (
        UPDATE alerts
        SET state = 'resolved', resolved_at = greatest(started_at, ?), message = 'goes on as alert ' || ?
        WHERE rule = ? AND machine = ? AND sha256(jsonb_send(labels)) = sha256(jsonb_send(?::jsonb))
          AND state <> 'resolved' AND id <> ?
        RETURNING id)
      DELETE FROM alert_notifications USING ended WHERE alert_id = ended.id\
      """;
  private static final String PRUNE_OLD =
      """
      DELETE FROM alerts WHERE id IN (
        SELECT id FROM alerts WHERE state = 'resolved' AND resolved_at < ?
        ORDER BY resolved_at LIMIT ? FOR UPDATE SKIP LOCKED)\
      """;
  private static final String PRUNE_BEYOND =
      """
      DELETE FROM alerts WHERE id IN (
        SELECT id FROM alerts WHERE state = 'resolved' AND (resolved_at, id) <= (
          SELECT resolved_at, id FROM alerts WHERE state = 'resolved' AND resolved_at IS NOT NULL
          ORDER BY resolved_at DESC, id DESC OFFSET ? LIMIT 1)
        ORDER BY resolved_at, id LIMIT ? FOR UPDATE SKIP LOCKED)\
      """;

  private AlertRows() {}

  /** Writes an alert, keeps the acknowledgement that is stored, and returns what is stored now. */
  static Alert save(Connection connection, Alert alert) throws SQLException {
    try (var upsert = connection.prepareStatement(UPSERT)) {
      upsert.setString(1, alert.id());
      upsert.setString(2, alert.rule());
      upsert.setString(3, alert.machineId());
      upsert.setString(4, alert.severity().text());
      upsert.setString(5, alert.state().text());
      upsert.setString(6, alert.metric());
      upsert.setString(7, AlertJson.labels(alert.labels()));
      upsert.setDouble(8, alert.value());
      upsert.setDouble(9, alert.threshold());
      Times.set(upsert, 10, alert.startedAt());
      Times.set(upsert, 11, alert.firedAt().orElse(null));
      Times.set(upsert, 12, alert.resolvedAt().orElse(null));
      upsert.setString(13, alert.acknowledgedBy().map(AlertJson::storable).orElse(null));
      upsert.setString(14, AlertJson.storable(alert.message()));
      upsert.setString(15, AlertJson.processes(alert.processes()));
      try (var rows = upsert.executeQuery()) {
        rows.next();
        return alert(rows);
      }
    }
  }

  /**
   * Makes others that save an open alert of the same rule, machine and labels wait for the end of
   * the transaction, so that each sees what the one before left.
   */
  static void lockIdentity(Connection connection, Alert alert) throws SQLException {
    try (var lock = connection.prepareStatement(LOCK_IDENTITY)) {
      lock.setString(
          1, String.join("\n", alert.rule(), alert.machineId(), AlertJson.labels(alert.labels())));
      lock.execute();
    }
  }

  /**
   * Ends what is open under another id for the same rule, machine and labels; what is owed of it is
   * owed of the other.
   */
  static void endOthers(Connection connection, Alert alert, Instant now) throws SQLException {
    try (var update = connection.prepareStatement(END_OTHERS)) {
      Times.set(update, 1, now);
      update.setString(2, alert.id());
      update.setString(3, alert.rule());
      update.setString(4, alert.machineId());
      update.setString(5, AlertJson.labels(alert.labels()));
      update.setString(6, alert.id());
      update.executeUpdate();
    }
  }

  /** Returns an alert and keeps others from changing it before the transaction ends. */
  static Optional<Alert> lock(Connection connection, String id) throws SQLException {
    try (var query = connection.prepareStatement(SELECT + "id = ? FOR UPDATE")) {
      query.setString(1, AlertJson.storable(id));
      try (var rows = query.executeQuery()) {
        return rows.next() ? Optional.of(alert(rows)) : Optional.empty();
      }
    }
  }

  static Alert acknowledge(Connection connection, String id, String by) throws SQLException {
    try (var update =
        connection.prepareStatement(
            "UPDATE alerts SET acknowledged_by = ? WHERE id = ? RETURNING " + COLUMNS)) {
      update.setString(1, AlertJson.storable(by));
      update.setString(2, id);
      try (var rows = update.executeQuery()) {
        rows.next();
        return alert(rows);
      }
    }
  }

  static List<Alert> find(Connection connection, AlertQuery query) throws SQLException {
    try (var statement = connection.prepareStatement(select(query))) {
      int next = 1;
      for (var text :
          List.of(query.state().map(AlertState::text), query.machineId(), query.rule())) {
        if (text.isPresent()) {
          statement.setString(next++, AlertJson.storable(text.get()));
        }
      }
      for (var time : List.of(query.from(), query.to())) {
        if (time.isPresent()) {
          Times.set(statement, next++, time.get());
        }
      }
      statement.setInt(next, MOST);
      var alerts = new ArrayList<Alert>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          alerts.add(alert(rows));
        }
      }
      return alerts;
    }
  }

  static void delete(Connection connection, String id) throws SQLException {
    try (var delete = connection.prepareStatement("DELETE FROM alerts WHERE id = ?")) {
      delete.setString(1, AlertJson.storable(id));
      delete.executeUpdate();
    }
  }

  /**
   * Deletes resolved alerts that ended before a time, and the oldest of those beyond a number; some
   * of each at a time.
   *
   * @return whether more may be left
   */
  static boolean prune(Connection connection, Instant before, int most) throws SQLException {
    try (var old = connection.prepareStatement(PRUNE_OLD);
        var beyond = connection.prepareStatement(PRUNE_BEYOND)) {
      Times.set(old, 1, before);
      old.setInt(2, DELETED_AT_ONCE);
      beyond.setInt(1, most);
      beyond.setInt(2, DELETED_AT_ONCE);
      boolean more = old.executeUpdate() == DELETED_AT_ONCE;
      return beyond.executeUpdate() == DELETED_AT_ONCE || more;
    }
  }

  private static String select(AlertQuery query) {
    var sql = new StringBuilder(SELECT).append("TRUE");
    query.state().ifPresent(state -> sql.append(" AND state = ?"));
    query.machineId().ifPresent(machine -> sql.append(" AND machine = ?"));
    query.rule().ifPresent(rule -> sql.append(" AND rule = ?"));
    query.from().ifPresent(from -> sql.append(" AND (resolved_at IS NULL OR resolved_at >= ?)"));
    query.to().ifPresent(to -> sql.append(" AND started_at < ?"));
    return sql.append(" ORDER BY started_at DESC, id LIMIT ?").toString();
  }

  static Alert alert(ResultSet row) throws SQLException {
    var builder =
        Alert.builder(row.getString("id"), row.getString("rule"), row.getString("machine"))
            .severity(Severity.valueOf(constant(row.getString("severity"))))
            .state(AlertState.valueOf(constant(row.getString("state"))))
            .metric(row.getString("metric"))
            .labels(AlertJson.labels(row.getString("labels")))
            .value(row.getDouble("value"))
            .threshold(row.getDouble("threshold"))
            .startedAt(Times.get(row, "started_at"))
            .message(row.getString("message"))
            .processes(AlertJson.processes(row.getString("processes")));
    Times.find(row, "fired_at").ifPresent(builder::firedAt);
    Times.find(row, "resolved_at").ifPresent(builder::resolvedAt);
    Optional.ofNullable(row.getString("acknowledged_by")).ifPresent(builder::acknowledgedBy);
    return builder.build();
  }

  private static String constant(String text) {
    return text.toUpperCase(Locale.ROOT);
  }
}
