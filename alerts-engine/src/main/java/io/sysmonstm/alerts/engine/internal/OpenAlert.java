package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import org.jspecify.annotations.Nullable;

/** An alert that is pending or firing. Guarded by the engine's lock. */
final class OpenAlert {
  /** What tells alerts apart: of one identity at most one is open. */
  record Key(String rule, String machineId, Labels labels) {
    static Key of(Alert alert) {
      return new Key(alert.rule(), alert.machineId(), alert.labels());
    }
  }

  /** No sample was seen since the alert was loaded: the time before may have been held or not. */
  static final long UNSEEN = Long.MIN_VALUE;

  private Alert alert;
  private boolean firing;
  private long sinceMillis;
  private @Nullable RuleCell cell;
  long sampleMillis;
  long seenNanos;

  /** How long its machine had been watched when its series was last there. */
  long coveredMillis;

  OpenAlert(Alert alert, long sampleMillis, long nowNanos) {
    this.sampleMillis = sampleMillis;
    this.seenNanos = nowNanos;
    this.alert = alert;
    become(alert);
  }

  final void become(Alert changed) {
    alert = changed;
    firing = changed.state() == AlertState.FIRING;
    sinceMillis = changed.startedAt().toEpochMilli();
  }

  Alert alert() {
    return alert;
  }

  boolean isFiring() {
    return firing;
  }

  /** When the breach began, by sample time. */
  long sinceMillis() {
    return sinceMillis;
  }

  /** When it last changed, by sample time; no sample before that says anything about it. */
  long changedMillis() {
    return alert.firedAt().orElse(alert.startedAt()).toEpochMilli();
  }

  void attach(RuleCell to) {
    // Of a series that was forgotten and came back as another.
    detach();
    cell = to;
  }

  void detach() {
    if (cell != null) {
      cell.open = null;
      cell = null;
    }
  }
}
