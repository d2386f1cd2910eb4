package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Map;

/** Ends alerts on series that nothing more is heard of. Guarded by the engine's lock. */
final class UnheardSeries {
  private static final long VANISHED_CHECK_NANOS = Duration.ofSeconds(10).toNanos();

  private final TimeSource time;
  private final OpenAlerts open;
  private final Map<String, Machine> machines;
  private long vanishedCheckNanos;

  UnheardSeries(TimeSource time, OpenAlerts open, Map<String, Machine> machines) {
    this.time = time;
    this.open = open;
    this.machines = machines;
    this.vanishedCheckNanos = time.nanoTime();
  }

  void tick() {
    if (open.pending() > 0) {
      open.all().forEach(this::cancelForgotten);
    }
    long now = time.nanoTime();
    if (open.firing() > 0 && now - vanishedCheckNanos >= VANISHED_CHECK_NANOS) {
      vanishedCheckNanos = now;
      open.all().forEach(this::resolveVanished);
    }
  }

  private void cancelForgotten(OpenAlert alert) {
    var machine = machines.get(alert.alert().machineId());
    if (alert.isFiring() || machine == null || alert.alert().metric().isEmpty()) {
      return;
    }
    // A sample that could still go on with it would have to be this late.
    long patienceMillis = machine.gapMillis() + machine.freshMillis();
    if (time.nanoTime() - alert.seenNanos > patienceMillis * 1_000_000) {
      open.cancel(alert);
    }
  }

  // A disk that was unmounted cannot be full any more. Only time in which the machine itself was
  // heard counts, so that no outage of the machine, of the link or of the engine ends an alert.
  private void resolveVanished(OpenAlert alert) {
    var value = alert.alert();
    var machine = machines.get(value.machineId());
    if (alert.isFiring()
        && machine != null
        && !value.metric().isEmpty()
        && machine.coveredMillis() - alert.coveredMillis > machine.vanishedMillis()) {
      open.withdraw(alert, AlertText.vanished(value));
    }
  }
}
