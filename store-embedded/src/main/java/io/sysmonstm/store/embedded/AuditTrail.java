package io.sysmonstm.store.embedded;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.ProviderContext;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Adds to the audit of a file, now and then deletes what is two years old, and says so where it
 * grows beyond what people do. Thread-safe.
 */
final class AuditTrail {
  private static final EventLog LOG = EventLog.of(AuditTrail.class);
  private static final int ENTRIES_BETWEEN_PRUNINGS = 100;
  private static final long MANY = 1_000_000;

  private final String store;
  private final AtomicLong recorded = new AtomicLong();
  private final AtomicLong entries = new AtomicLong();

  AuditTrail(String store, ProviderContext context) {
    this.store = store;
    context
        .metrics()
        .gauge(
            "audit_entries",
            "Entries of the audit, counted at each hundredth change.",
            Labels.of("store", store),
            entries::get);
  }

  /** Adds an entry, in the transaction of what it tells of. */
  void record(Session session, AuditEntry entry) throws SQLException {
    AuditRows.add(session, entry);
    if (recorded.getAndIncrement() % ENTRIES_BETWEEN_PRUNINGS == 0) {
      long left = AuditRows.prune(session);
      entries.set(left);
      if (left > MANY) {
        LOG.warn(
            "audit_large",
            "the audit grows beyond what people do; see who causes it",
            null,
            "store",
            store,
            "entries",
            left);
      }
    }
  }
}
