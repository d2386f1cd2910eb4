package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Severity;
import io.sysmonstm.api.TopProcess;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of alerts. */
final class AlertRows {
  static final int MOST = 10_000;

  static final String COLUMNS =
      """
      id, rule, machine, severity, state, metric, labels, value, threshold, started, fired, resolved, acknowledged_by,
      message, processes\
      """;
  private static final String UPSERT =
      """
      INSERT INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET
        rule = excluded.rule, machine = excluded.machine, severity = excluded.severity, state = excluded.state,
        metric = excluded.metric, labels = excluded.labels, value = excluded.value, threshold = excluded.threshold,
        started = excluded.started, fired = excluded.fired, resolved = excluded.resolved,
        acknowledged_by = coalesce(acknowledged_by, excluded.acknowledged_by), message = excluded.message,
        processes = excluded.processes\
      """;

  private AlertRows() {}

  static void save(Session session, Alert alert) throws SQLException {
    var upsert = session.prepare(UPSERT);
    upsert.setString(1, alert.id());
    upsert.setString(2, alert.rule());
    upsert.setString(3, alert.machineId());
    upsert.setString(4, alert.severity().name());
    upsert.setString(5, alert.state().name());
    upsert.setString(6, alert.metric());
    upsert.setString(7, LabelText.write(alert.labels()));
    upsert.setDouble(8, alert.value());
    upsert.setDouble(9, alert.threshold());
    upsert.setLong(10, UnixNanos.of(alert.startedAt()));
    UnixNanos.set(upsert, 11, alert.firedAt());
    UnixNanos.set(upsert, 12, alert.resolvedAt());
    upsert.setString(13, alert.acknowledgedBy().orElse(null));
    upsert.setString(14, alert.message());
    upsert.setString(15, ProcessText.write(alert.processes()));
    upsert.executeUpdate();
  }

  static Optional<Alert> find(Session session, String id) throws SQLException {
    var query = session.prepare("SELECT " + COLUMNS + " FROM alert WHERE id = ?");
    query.setString(1, id);
    try (var rows = query.executeQuery()) {
      return rows.next() ? Optional.of(alert(rows)) : Optional.empty();
    }
  }

  static List<Alert> find(Session session, AlertQuery query) throws SQLException {
    var statement = session.prepare(select(query));
    int next = 1;
    for (var text : List.of(query.state().map(AlertState::name), query.machineId(), query.rule())) {
      if (text.isPresent()) {
        statement.setString(next++, text.get());
      }
    }
    for (var time : List.of(query.from(), query.to())) {
      if (time.isPresent()) {
        statement.setLong(next++, UnixNanos.of(time.get()));
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

  static void delete(Session session, String id) throws SQLException {
    var delete = session.prepare("DELETE FROM alert WHERE id = ?");
    delete.setString(1, id);
    delete.executeUpdate();
  }

  /** Deletes resolved alerts that ended before a time, and the oldest of those beyond a number. */
  static void prune(Session session, Instant before, int most) throws SQLException {
    var old = session.prepare("DELETE FROM alert WHERE state = 'RESOLVED' AND resolved < ?");
    old.setLong(1, UnixNanos.of(before));
    old.executeUpdate();
    var beyond =
        session.prepare(
            """
            DELETE FROM alert WHERE id IN (
              SELECT id FROM alert WHERE state = 'RESOLVED' ORDER BY resolved DESC LIMIT -1 OFFSET ?)\
            """);
    beyond.setInt(1, most);
    beyond.executeUpdate();
  }

  private static String select(AlertQuery query) {
    var sql = new StringBuilder("SELECT ").append(COLUMNS).append(" FROM alert WHERE TRUE");
    query.state().ifPresent(state -> sql.append(" AND state = ?"));
    query.machineId().ifPresent(machine -> sql.append(" AND machine = ?"));
    query.rule().ifPresent(rule -> sql.append(" AND rule = ?"));
    query.from().ifPresent(from -> sql.append(" AND (resolved IS NULL OR resolved >= ?)"));
    query.to().ifPresent(to -> sql.append(" AND started < ?"));
    return sql.append(" ORDER BY started DESC, id LIMIT ?").toString();
  }

  static Alert alert(ResultSet row) throws SQLException {
    var builder =
        Alert.builder(row.getString("id"), row.getString("rule"), row.getString("machine"))
            .severity(Severity.valueOf(row.getString("severity")))
            .state(AlertState.valueOf(row.getString("state")))
            .metric(row.getString("metric"))
            .labels(LabelText.read(row.getString("labels")))
            .value(number(row, "value"))
            .threshold(number(row, "threshold"))
            .startedAt(UnixNanos.instant(row.getLong("started")))
            .message(row.getString("message"))
            .processes(ProcessText.read(row.getString("processes")));
    UnixNanos.find(row, "fired").ifPresent(builder::firedAt);
    UnixNanos.find(row, "resolved").ifPresent(builder::resolvedAt);
    Optional.ofNullable(row.getString("acknowledged_by")).ifPresent(builder::acknowledgedBy);
    return builder.build();
  }

  /** Returns a number; SQLite keeps what is not one as null. */
  private static double number(ResultSet row, String column) throws SQLException {
    double number = row.getDouble(column);
    return row.wasNull() ? Double.NaN : number;
  }

  /** Top processes as a JSON list. */
  private static final class ProcessText {
    static String write(List<TopProcess> processes) {
      return Json.write(
          processes.stream()
              .map(
                  process ->
                      List.of(
                          process.pid(),
                          process.name(),
                          process.user(),
                          process.cpuPercent(),
                          process.rssBytes()))
              .toList());
    }

    static List<TopProcess> read(String text) throws SQLException {
      var processes = new ArrayList<TopProcess>();
      if (Json.read(text).orElse("") instanceof List<?> list) {
        for (var element : list) {
          processes.add(process(element));
        }
        return processes;
      }
      throw new SQLException("processes are not readable");
    }

    private static TopProcess process(Object element) throws SQLException {
      if (element instanceof List<?> parts
          && parts.size() == 5
          && parts.get(0) instanceof Number pid
          && parts.get(3) instanceof Number cpu
          && parts.get(4) instanceof Number rss) {
        return new TopProcess(
            pid.intValue(),
            parts.get(1).toString(),
            parts.get(2).toString(),
            cpu.doubleValue(),
            rss.longValue());
      }
      throw new SQLException("a process is not readable");
    }
  }
}
