package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Collection;

/**
 * Rules on absence: by the monotonic clock and the time of receipt, whatever the clocks of machines
 * say. Where many machines fall silent at once, {@link MassAbsence} speaks for all of them.
 */
final class AbsenceCheck {
  private static final long PAUSE_NANOS = Duration.ofSeconds(3).toNanos();
  private static final long TICK_NANOS = Duration.ofSeconds(1).toNanos();

  private final TimeSource time;
  private final OpenAlerts open;
  private final MassAbsence mass;
  private long tickedNanos;

  AbsenceCheck(TimeSource time, OpenAlerts open) {
    this.time = time;
    this.open = open;
    this.mass = new MassAbsence(time, open);
    this.tickedNanos = time.nanoTime();
  }

  void tick(Collection<Machine> machines, RuleIndex rules) {
    long now = time.nanoTime();
    long pause = now - tickedNanos;
    tickedNanos = now;
    boolean due = false;
    for (var machine : machines) {
      if (pause > PAUSE_NANOS) {
        // The engine itself was stopped, and what came meanwhile still waits in its queue.
        machine.excuse(pause - TICK_NANOS);
      }
      for (var cell : cells(machine, rules)) {
        due |= isDue(cell, machine, now);
      }
    }
    if (due || mass.isOpen()) {
      mass.tick(machines, now);
    }
    if (due) {
      for (var machine : machines) {
        for (var cell : cells(machine, rules)) {
          tick(cell, machine, now);
        }
      }
    }
  }

  /** Whether silence has lasted long enough for something to change. */
  private static boolean isDue(RuleCell cell, Machine machine, long nowNanos) {
    return machine.silenceNanos(nowNanos) >= limitNanos(cell, machine)
        && (cell.open == null || !cell.open.isFiring());
  }

  /** Whether silence has lasted for as long as the rule says, {@code for} included. */
  static boolean isHeld(RuleCell cell, Machine machine, long nowNanos) {
    return machine.silenceNanos(nowNanos) - limitNanos(cell, machine)
        >= cell.rule.holdMillis() * 1_000_000;
  }

  private static long limitNanos(RuleCell cell, Machine machine) {
    return Math.max(cell.rule.silenceNanos(), machine.leastSilenceNanos());
  }

  private void tick(RuleCell cell, Machine machine, long nowNanos) {
    if (!isDue(cell, machine, nowNanos) || mass.holdsBack(machine, nowNanos)) {
      return;
    }
    var rule = cell.rule;
    long silenceNanos = machine.silenceNanos(nowNanos);
    boolean held = isHeld(cell, machine, nowNanos);
    double seconds = Math.rint((silenceNanos + machine.silentBeforeNanos()) / 1e9);
    var reading = Reading.of(seconds, time.millis());
    var alert = cell.open;
    if (held) {
      cancelPending(machine, cell);
    }
    if (alert == null) {
      cell.open =
          held
              ? open.fire(rule, machine, Labels.empty(), reading)
              : open.pend(rule, machine, Labels.empty(), reading);
      cell.open.attach(cell);
    } else if (held) {
      open.fire(alert, rule, machine, reading);
    }
  }

  // Whatever was about to fire cannot be known to hold, and people are told of the silence.
  private void cancelPending(Machine machine, RuleCell but) {
    for (var alert : open.of(machine)) {
      if (!alert.isFiring() && alert != but.open && !alert.alert().metric().isEmpty()) {
        open.cancel(alert);
      }
    }
  }

  /** Whether an alert says that nothing is heard of a machine. */
  boolean isDown(Machine machine) {
    return MassAbsence.hasFired(machine)
        || (mass.isOf(machine) && MassAbsence.isOverdue(machine, time.nanoTime()));
  }

  /** Whether an alert is of many machines, and so neither of a rule nor of a machine. */
  boolean isOfMany(Alert alert) {
    return alert.machineId().equals(MassAbsence.MACHINE);
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
        var reading = Reading.of(Math.rint(silentMillis / 1000.0), time.millis());
        open.resolve(alert, cell.rule, machine, reading);
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
    var made = matching.isEmpty() ? RuleCell.NONE : new RuleCell[matching.size()];
    for (int i = 0; i < made.length; i++) {
      var rule = matching.get(i);
      var alert = open.find(rule.name(), machine.id(), Labels.empty());
      made[i] = new RuleCell(rule, null, alert);
      if (alert != null) {
        alert.attach(made[i]);
      }
    }
    machine.absence(made);
    return made;
  }
}
