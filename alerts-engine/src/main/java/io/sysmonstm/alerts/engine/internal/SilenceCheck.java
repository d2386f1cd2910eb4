package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Collection;

/**
 * Rules on absence: by the monotonic clock and the time of receipt, whatever the clocks of machines
 * say.
 */
final class SilenceCheck {
  private static final RuleCell[] NONE = {};
  private static final long PAUSE_NANOS = Duration.ofSeconds(3).toNanos();
  private static final long TICK_NANOS = Duration.ofSeconds(1).toNanos();

  private final TimeSource time;
  private final OpenAlerts open;
  private long tickedNanos;

  SilenceCheck(TimeSource time, OpenAlerts open) {
    this.time = time;
    this.open = open;
    this.tickedNanos = time.nanoTime();
  }

  void tick(Collection<Machine> machines, RuleIndex rules) {
    long now = time.nanoTime();
    long pause = now - tickedNanos;
    tickedNanos = now;
    for (var machine : machines) {
      if (pause > PAUSE_NANOS) {
        // The engine itself was stopped, and what came meanwhile still waits in its queue.
        machine.excuse(pause - TICK_NANOS);
      }
      for (var cell : cells(machine, rules)) {
        tick(cell, machine, now);
      }
    }
  }

  private void tick(RuleCell cell, Machine machine, long nowNanos) {
    var rule = cell.rule;
    long silenceNanos = machine.silenceNanos(nowNanos);
    long limitNanos = Math.max(rule.silenceNanos(), machine.leastSilenceNanos());
    if (silenceNanos < limitNanos) {
      return;
    }
    boolean held = silenceNanos - limitNanos >= rule.holdMillis() * 1_000_000;
    double seconds = seconds(silenceNanos + machine.silentBeforeNanos());
    var alert = cell.open;
    if (alert == null) {
      cell.open =
          held
              ? open.fire(rule, machine, Labels.empty(), seconds, time.millis())
              : open.pend(rule, machine, Labels.empty(), seconds, time.millis());
      cell.open.attach(cell);
    } else if (held && !alert.isFiring()) {
      open.fire(alert, rule, machine, seconds, time.millis());
    }
  }

  /** Takes note that a machine is heard: what was open on its silence is over. */
  void end(Machine machine, RuleIndex rules) {
    for (var cell : cells(machine, rules)) {
      var alert = cell.open;
      if (alert == null) {
        continue;
      }
      if (alert.isFiring()) {
        long silentMillis = Math.max(0, time.millis() - alert.sinceMillis());
        open.resolve(alert, cell.rule, machine, Math.rint(silentMillis / 1000.0), time.millis());
      } else {
        open.cancel(alert);
      }
    }
  }

  private RuleCell[] cells(Machine machine, RuleIndex rules) {
    var known = machine.absence();
    if (known != null) {
      return known;
    }
    var matching = rules.matching(machine, "", Labels.empty());
    var made = matching.isEmpty() ? NONE : new RuleCell[matching.size()];
    for (int i = 0; i < made.length; i++) {
      var rule = matching.get(i);
      var alert = open.find(rule.name(), machine.id(), Labels.empty());
      made[i] = new RuleCell(rule, alert);
      if (alert != null) {
        alert.attach(made[i]);
      }
    }
    machine.absence(made);
    return made;
  }

  private static double seconds(long nanos) {
    return Math.rint(nanos / 1e9);
  }
}
