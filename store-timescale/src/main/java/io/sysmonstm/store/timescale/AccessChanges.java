package io.sysmonstm.store.timescale;

import io.sysmonstm.api.AuditEntry;

/**
 * How changes of who may come in are written. Thread-safe.
 *
 * @param database where
 * @param audit what is written with them
 */
record AccessChanges(Database database, AuditTrail audit) {
  private static final Revision REVISION = Revision.ACCESS;

  /** Makes a change alone, and writes into the audit where there was one. */
  boolean change(String what, AuditEntry entry, Work<Boolean> work) {
    return database.change(
        what,
        connection -> {
          REVISION.lock(connection);
          boolean changed = work.run(connection);
          if (changed) {
            audit.record(connection, entry);
            REVISION.advance(connection);
          }
          return changed;
        });
  }

  /**
   * Makes a change that the revision does not count, and writes into the audit where there was one.
   */
  boolean note(String what, AuditEntry entry, Work<Boolean> work) {
    return database.change(
        what,
        connection -> {
          boolean changed = work.run(connection);
          if (changed) {
            audit.record(connection, entry);
          }
          return changed;
        });
  }

  long revision() {
    return database.read("read the revision", REVISION::read);
  }
}
