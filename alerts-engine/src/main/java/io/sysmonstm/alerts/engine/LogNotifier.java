package io.sysmonstm.alerts.engine;

import io.sysmonstm.api.Alert;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.NoticeText;
import io.sysmonstm.spi.Notifier;

/**
 * Writes one structured log line for each alert that fires, still fires or resolves, {@code
 * alert_fired}, {@code alert_firing} and {@code alert_resolved}, with the process that is likely to
 * blame. Thread-safe.
 */
public final class LogNotifier implements Notifier {
  private final EventLog log;

  /** Creates a notifier that logs under its own class's name. */
  public LogNotifier() {
    log = EventLog.of(LogNotifier.class);
  }

  @Override
  public void notify(Notice notice) {
    for (var item : notice.items()) {
      switch (item.kind()) {
        case FIRED -> write("alert_fired", item.alert());
        case REPEATED -> write("alert_firing", item.alert());
        case RESOLVED -> write("alert_resolved", item.alert());
      }
    }
  }

  // At info level, whatever the severity: warnings are held back when they come thick, and an alert
  // must not be.
  private void write(String name, Alert alert) {
    var culprit = NoticeText.culprit(alert);
    log.info(
        name,
        culprit.isEmpty() ? alert.message() : alert.message() + "; top process " + culprit,
        "alert",
        alert.id(),
        "rule",
        alert.rule(),
        "machine",
        alert.machineId(),
        "severity",
        alert.severity().text(),
        "metric",
        alert.metric(),
        "labels",
        alert.labels().asMap(),
        "value",
        alert.value(),
        "threshold",
        alert.threshold(),
        "culprit",
        culprit);
  }
}
