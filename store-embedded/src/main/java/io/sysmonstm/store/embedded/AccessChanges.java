package io.sysmonstm.store.embedded;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.store.embedded.Database.Work;
import java.sql.SQLException;

/**
 * How changes of who may come in are written. Thread-safe.
 *
 * @param database where
 * @param audit what is written with them
 */
record AccessChanges(Database database, AuditTrail audit) {
  /** Makes a change alone, and writes into the audit where there was one. */
  boolean change(String what, AuditEntry entry, Work<Boolean> work) {
    return database.write(
        what,
        session -> {
          boolean changed = work.run(session);
          if (changed) {
            count(session, entry);
          }
          return changed;
        });
  }

  /** Does the same for what the revision does not count. */
  boolean note(String what, AuditEntry entry, Work<Boolean> work) {
    return database.write(
        what,
        session -> {
          boolean changed = work.run(session);
          if (changed) {
            audit.record(session, entry);
          }
          return changed;
        });
  }

  /** Writes a change, in the transaction that makes it, into the audit and the revision. */
  void count(Session session, AuditEntry entry) throws SQLException {
    audit.record(session, entry);
    session.prepare("UPDATE revision SET number = number + 1").executeUpdate();
  }
}
