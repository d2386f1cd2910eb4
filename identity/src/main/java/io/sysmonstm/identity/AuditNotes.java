package io.sysmonstm.identity;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * Writes into the audit in the background what anybody can cause without a right; of many at once
 * some are left out, and counted. Thread-safe.
 */
final class AuditNotes {
  private static final EventLog LOG = EventLog.of(MachineAuthority.class);
  private static final int AT_ONCE = 8;

  private final AccessStore store;
  private final Executor executor;
  private final SelfMetrics metrics;
  private final Semaphore room = new Semaphore(AT_ONCE);

  AuditNotes(AccessStore store, Executor executor, SelfMetrics metrics) {
    this.store = store;
    this.executor = executor;
    this.metrics = metrics;
  }

  void add(AuditEntry entry) {
    if (!room.tryAcquire()) {
      metrics
          .counter(
              "audit_entries_dropped_total", "Entries of the audit that there was no room for.")
          .increment();
      return;
    }
    executor.execute(
        () -> {
          try {
            store.record(entry);
          } catch (StoreUnavailableException away) {
            LOG.warn("audit_failed", "Could not write into the audit: " + entry.action(), away);
          } finally {
            room.release();
          }
        });
  }
}
