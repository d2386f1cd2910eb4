package io.sysmonstm.store.embedded;

import io.sysmonstm.api.AuditEntry;
import java.sql.SQLException;

/**
 * How changes of who may come in are written. Thread-safe.
 *
 * @param database where
 * @param audit what is written with them
 */
record AccessChanges(Database database, AuditTrail audit) {
  /** Notes a change in its own transaction; returns true. */
  boolean changed(Session session, AuditEntry entry) throws SQLException {
    audit.record(session, entry);
    session.prepare("UPDATE revision SET number = number + 1").executeUpdate();
    return true;
  }
}
