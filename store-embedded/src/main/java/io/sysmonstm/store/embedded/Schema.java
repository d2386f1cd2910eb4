package io.sysmonstm.store.embedded;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * The tables of a file, as the steps that lead from an empty one to the present form. A step that
 * was released is never changed; the number of steps taken is the file's {@code user_version}.
 */
record Schema(List<List<String>> steps) {
  // The database refuses by itself to change the audit, and to delete what is not two years old. A
  // REPLACE would delete without a trigger.
  private static final List<String> AUDIT_GUARDS =
      List.of(
          """
          CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
          BEGIN SELECT raise(ABORT, 'the audit is only added to'); END\
          """,
          """
          CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
          WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id)
          BEGIN SELECT raise(ABORT, 'the audit is only added to'); END\
          """,
          """
          CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit WHEN old.time >= %s
          BEGIN SELECT raise(ABORT, 'the audit is kept for two years'); END\
          """
              .formatted(AuditRows.TWO_YEARS_AGO));

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
                  "CREATE INDEX audit_subject ON audit (subject, id)"),
              with(AUDIT_GUARDS, "ALTER TABLE audit ADD COLUMN source TEXT NOT NULL DEFAULT ''")));

  static final Schema ACCESS =
      new Schema(
          List.of(
              with(
                  AUDIT_GUARDS,
                  """
                  CREATE TABLE account (
                    name TEXT PRIMARY KEY, role TEXT NOT NULL, password_hash TEXT, subject TEXT UNIQUE,
                    created INTEGER NOT NULL) WITHOUT ROWID\
                  """,
                  """
                  CREATE TABLE login_session (
                    secret_hash TEXT PRIMARY KEY, account TEXT NOT NULL, csrf_token TEXT NOT NULL,
                    created INTEGER NOT NULL, last_seen INTEGER NOT NULL, expires INTEGER NOT NULL,
                    source TEXT NOT NULL) WITHOUT ROWID\
                  """,
                  "CREATE INDEX login_session_account ON login_session (account, last_seen)",
                  "CREATE INDEX login_session_expires ON login_session (expires)",
                  """
                  CREATE TABLE api_token (
                    id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,
                    created_by TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER,
                    revoked INTEGER) WITHOUT ROWID\
                  """,
                  """
                  CREATE TABLE enrolment_token (
                    id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL, created_by TEXT NOT NULL,
                    created INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER,
                    used_by TEXT) WITHOUT ROWID\
                  """,
                  """
                  CREATE TABLE credential (
                    id TEXT PRIMARY KEY, machine TEXT NOT NULL, kind TEXT NOT NULL, secret_hash TEXT NOT NULL,
                    issued INTEGER NOT NULL, expires INTEGER NOT NULL, revoked INTEGER) WITHOUT ROWID\
                  """,
                  "CREATE INDEX credential_machine ON credential (machine)",
                  "CREATE INDEX credential_expires ON credential (expires)",
                  """
                  CREATE TABLE audit (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, by TEXT NOT NULL,
                    source TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
                    detail TEXT NOT NULL)\
                  """,
                  "CREATE INDEX audit_subject ON audit (subject, id)",
                  "CREATE TABLE machine_authority (certificates TEXT NOT NULL)",
                  "CREATE TABLE revision (number INTEGER NOT NULL)",
                  "INSERT INTO revision VALUES (0)")));

  static final Schema CURRENT =
      new Schema(
          List.of(
              List.of(
                  """
                  CREATE TABLE machine (
                    id TEXT PRIMARY KEY, resource TEXT NOT NULL, interval INTEGER NOT NULL,
                    last_seen INTEGER NOT NULL) WITHOUT ROWID\
                  """)));

  private static List<String> with(List<String> last, String... first) {
    return Stream.concat(Stream.of(first), last.stream()).toList();
  }

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
    // Another process may have been faster.
    taken = Math.max(taken, (int) session.askNumber("PRAGMA user_version"));
    if (taken > steps.size()) {
      session.execute("ROLLBACK");
      return false;
    }
    for (var step : steps.subList(taken, steps.size())) {
      session.execute(step.toArray(String[]::new));
    }
    session.execute("PRAGMA user_version = " + steps.size(), "COMMIT");
    return true;
  }
}
