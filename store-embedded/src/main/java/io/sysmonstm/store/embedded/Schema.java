package io.sysmonstm.store.embedded;

import java.sql.SQLException;
import java.util.List;

/**
 * The tables of a file, as the steps that lead from an empty one to the present form. A step that
 * was released is never changed; the number of steps taken is the file's {@code user_version}.
 */
record Schema(List<List<String>> steps) {
  static final Schema HISTORY =
      new Schema(
          List.of(
              List.of(
                  "CREATE TABLE machine (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
                  """
                  CREATE TABLE series (
                    id INTEGER PRIMARY KEY, metric TEXT NOT NULL, machine INTEGER NOT NULL, labels TEXT NOT NULL,
                    UNIQUE (metric, machine, labels))\
                  """,
                  // Each batch as it came; small, and emptied into the tables below.
                  """
                  CREATE TABLE journal (
                    id INTEGER PRIMARY KEY, machine INTEGER NOT NULL, time INTEGER NOT NULL,
                    samples BLOB NOT NULL)\
                  """,
                  "CREATE INDEX journal_machine_time ON journal (machine, time)",
                  // The key is the series in the upper and the span in the lower half: what is read
                  // together lies
                  // together.
                  "CREATE TABLE raw (key INTEGER PRIMARY KEY, chunk BLOB NOT NULL)",
                  "CREATE TABLE rollup_1m (key INTEGER PRIMARY KEY, chunk BLOB NOT NULL)",
                  "CREATE TABLE rollup_1h (key INTEGER PRIMARY KEY, chunk BLOB NOT NULL)",
                  """
                  CREATE TABLE committed (
                    machine INTEGER NOT NULL, epoch TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
                    updated INTEGER NOT NULL, PRIMARY KEY (machine, epoch, first)) WITHOUT ROWID\
                  """)));

  static final Schema ALERTS =
      new Schema(
          List.of(
              List.of(
                  """
                  CREATE TABLE alert (
                    id TEXT PRIMARY KEY, rule TEXT NOT NULL, machine TEXT NOT NULL, severity TEXT NOT NULL,
                    state TEXT NOT NULL, metric TEXT NOT NULL, labels TEXT NOT NULL, value REAL,
                    threshold REAL, started INTEGER NOT NULL, fired INTEGER, resolved INTEGER,
                    acknowledged_by TEXT, message TEXT NOT NULL, processes TEXT NOT NULL)\
                  """,
                  "CREATE INDEX alert_started ON alert (started)",
                  "CREATE INDEX alert_open ON alert (state, started) WHERE state <> 'RESOLVED'",
                  "CREATE INDEX alert_resolved ON alert (resolved) WHERE state = 'RESOLVED'",
                  """
                  CREATE TABLE rule (
                    origin TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL, keys TEXT NOT NULL,
                    PRIMARY KEY (origin, name)) WITHOUT ROWID\
                  """,
                  "CREATE TABLE revision (number INTEGER NOT NULL)",
                  "INSERT INTO revision VALUES (0)"),
              List.of(
                  """
                  CREATE TABLE owed (
                    alert_id TEXT NOT NULL, notifier TEXT NOT NULL, kind TEXT NOT NULL, due INTEGER NOT NULL,
                    attempts INTEGER NOT NULL, PRIMARY KEY (alert_id, notifier, kind)) WITHOUT ROWID\
                  """,
                  "CREATE INDEX owed_due ON owed (notifier, due)",
                  """
                  CREATE TRIGGER owed_of_alert AFTER DELETE ON alert
                  BEGIN DELETE FROM owed WHERE alert_id = old.id; END\
                  """,
                  """
                  CREATE TABLE silence (
                    id TEXT PRIMARY KEY, starts INTEGER NOT NULL, ends INTEGER NOT NULL,
                    keys TEXT NOT NULL) WITHOUT ROWID\
                  """,
                  """
                  CREATE TABLE audit (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, by TEXT NOT NULL,
                    action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL)\
                  """,
                  "CREATE INDEX audit_subject ON audit (subject, id)")));

  /**
   * Brings a file to the present form, all steps or none.
   *
   * @return whether it could; not where a later version of this program made the file
   */
  boolean migrate(Session session) throws SQLException {
    int taken = (int) session.askNumber("PRAGMA user_version");
    if (taken > steps.size()) {
      return false;
    }
    if (taken == steps.size()) {
      return true;
    }
    session.execute("BEGIN IMMEDIATE");
    for (var step : steps.subList(taken, steps.size())) {
      session.execute(step.toArray(String[]::new));
    }
    session.execute("PRAGMA user_version = " + steps.size(), "COMMIT");
    return true;
  }
}
