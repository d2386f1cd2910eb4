package io.sysmonstm.store.timescale;

import io.sysmonstm.api.Alert;
import io.sysmonstm.spi.Notification;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * One alert and what is owed of it, written in one transaction.
 *
 * @param connection whose transaction it is
 * @param now when others of its identity end
 */
record AlertSave(Connection connection, Instant now) {
  /** Returns what is stored now: the alert before, where that is resolved and this is not. */
  Alert run(Alert alert, List<Notification> owed) throws SQLException {
    if (alert.open()) {
      AlertRows.lockIdentity(connection, alert);
    }
    var before = AlertRows.lock(connection, alert.id());
    if (alert.open() && before.isPresent() && !before.get().open()) {
      return before.get();
    }
    if (alert.open()) {
      AlertRows.endOthers(connection, alert, now);
    }
    var stored = AlertRows.save(connection, alert);
    if (!alert.open()) {
      NotificationRows.deleteRepetitions(connection, alert.id());
    }
    NotificationRows.add(connection, owed);
    if (alert.acknowledgedBy().isPresent() && before.flatMap(Alert::acknowledgedBy).isEmpty()) {
      Revision.ALERTS.advance(connection);
    }
    return stored;
  }
}
