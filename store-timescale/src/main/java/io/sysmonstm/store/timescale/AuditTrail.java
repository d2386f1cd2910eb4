package io.sysmonstm.store.timescale;

import io.sysmonstm.api.AuditEntry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Remembers what people did, and now and then forgets what is old. Thread-safe. */
final class AuditTrail {
  private static final Duration KEPT = Duration.ofDays(400);
  private static final int ENTRIES_BETWEEN_PRUNINGS = 100;

  private final Clock clock;
  private final int most;
  private final AtomicLong recorded = new AtomicLong();

  AuditTrail(Clock clock, int most) {
    this.clock = clock;
    this.most = most;
  }

  /** Remembers a change, in its transaction, which holds the lock of the revision. */
  void record(Connection connection, String by, String action, String subject, String detail)
      throws SQLException {
    var now = clock.now(connection);
    AuditRows.add(connection, new AuditEntry(now, by, action, subject, detail));
    if (recorded.getAndIncrement() % ENTRIES_BETWEEN_PRUNINGS == 0) {
      AuditRows.prune(connection, now.minus(KEPT), most);
    }
  }
}
