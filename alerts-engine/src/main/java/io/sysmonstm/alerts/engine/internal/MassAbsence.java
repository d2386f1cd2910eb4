package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Severity;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Many machines that fall silent at once are one trouble, of the network, of an aggregator or of
 * the engine's own connection: one alert speaks for all of them, and their own are held back. It
 * goes by the machines that rules on absence watch. When most are heard again it resolves; a minute
 * later whoever is silent still gets an alert of its own. Guarded by the engine's lock.
 */
final class MassAbsence {
  static final String RULE = "machines-silent";

  /** No machine can have this id. */
  static final String MACHINE = "*";

  private static final int LEAST_MACHINES = 3;
  private static final double PART = 0.3;
  private static final long AT_ONCE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long GRACE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MOST_NAMES = 10;

  /** Who is watched, and who of them fell silent in the last minute or so. */
  private record Count(int watched, List<Machine> silent, Severity severity) {
    boolean isMass() {
      return silent.size() >= LEAST_MACHINES && silent.size() > PART * watched;
    }
  }

  private final TimeSource time;
  private final OpenAlerts open;
  private final Set<Machine> members = new HashSet<>();
  private long firedNanos;
  private boolean inGrace;
  private long endedNanos;

  MassAbsence(TimeSource time, OpenAlerts open) {
    this.time = time;
    this.open = open;
    this.firedNanos = time.nanoTime();
  }

  private @Nullable OpenAlert alert() {
    return open.find(RULE, MACHINE, Labels.empty());
  }

  boolean isOpen() {
    return alert() != null;
  }

  /** Whether the alert that is open speaks for a machine. */
  boolean isOf(Machine machine) {
    return isOpen() && members.contains(machine);
  }

  /** Whether a machine's own silence is not to be told of now. */
  boolean holdsBack(Machine machine, long nowNanos) {
    inGrace = inGrace && nowNanos - endedNanos < GRACE_NANOS;
    return inGrace || isOf(machine);
  }

  /** Looks for the begin or the end of a mass silence. */
  void tick(Collection<Machine> machines, long nowNanos) {
    inGrace = inGrace && nowNanos - endedNanos < GRACE_NANOS;
    var alert = alert();
    if (alert == null) {
      members.clear();
      var count = inGrace ? null : count(machines, nowNanos);
      if (count != null && count.isMass()) {
        begin(count, nowNanos);
      }
      return;
    }
    // Another engine may have taken some over.
    members.retainAll(new HashSet<>(machines));
    if (nowNanos - firedNanos < AT_ONCE_NANOS) {
      // Those that fall silent in the same minute belong to it.
      members.addAll(overdue(machines, nowNanos));
    }
    int silent = (int) members.stream().filter(member -> isOverdue(member, nowNanos)).count();
    long watched = machines.stream().filter(MassAbsence::isWatched).count();
    if (members.isEmpty() && nowNanos - firedNanos < AT_ONCE_NANOS) {
      return; // Of an earlier run: who it is about shows within a minute.
    }
    if (watched == 0 || silent < LEAST_MACHINES || silent <= PART * watched) {
      end(alert, silent, nowNanos);
    }
  }

  private void begin(Count count, long nowNanos) {
    firedNanos = nowNanos;
    members.addAll(count.silent);
    for (var member : members) {
      for (var pending : open.of(member)) {
        if (!pending.isFiring()) {
          open.cancel(pending);
        }
      }
    }
    long lastHeard = members.stream().mapToLong(Machine::heardMillis).max().orElse(time.millis());
    open.fire(
        Alert.builder(AlertIds.next(time.millis()), RULE, MACHINE)
            .state(AlertState.FIRING)
            .severity(count.severity)
            .value(members.size())
            .threshold(Math.floor(PART * count.watched))
            .startedAt(Instant.ofEpochMilli(lastHeard))
            .firedAt(time.instant())
            .message(message(count))
            .build());
  }

  private static String message(Count count) {
    var names = new ArrayList<>(count.silent.stream().map(Machine::id).sorted().toList());
    int more = names.size() - MOST_NAMES;
    var shown = String.join(", ", more > 0 ? names.subList(0, MOST_NAMES) : names);
    return (count.silent.size() == count.watched
            ? "no data from any machine, %d in all: ".formatted(count.watched)
            : "no data from %d of %d machines: ".formatted(count.silent.size(), count.watched))
        + shown
        + (more > 0 ? " and %d more".formatted(more) : "");
  }

  private void end(OpenAlert alert, int silent, long nowNanos) {
    var message =
        members.isEmpty()
            ? "nobody is silent any more"
            : "data again from %d of %d machines"
                .formatted(members.size() - silent, members.size());
    open.resolve(alert, silent, message);
    members.clear();
    inGrace = true;
    endedNanos = nowNanos;
  }

  private static Count count(Collection<Machine> machines, long nowNanos) {
    long watched =
        machines.stream()
            .filter(machine -> isWatched(machine) && !isLongDown(machine, nowNanos))
            .count();
    var silent = atOnce(overdue(machines, nowNanos), nowNanos);
    var severity = Severity.INFO;
    for (var machine : silent) {
      severity = worst(machine, severity);
    }
    return new Count((int) watched, silent, severity);
  }

  private static List<Machine> overdue(Collection<Machine> machines, long nowNanos) {
    return machines.stream()
        .filter(machine -> isWatched(machine) && !isLongDown(machine, nowNanos))
        .filter(machine -> isOverdue(machine, nowNanos))
        .sorted(Comparator.comparingLong(machine -> machine.silenceNanos(nowNanos)))
        .toList();
  }

  /** The most machines that fell silent within a minute, one of which has been so for too long. */
  private static List<Machine> atOnce(List<Machine> bySilence, long nowNanos) {
    List<Machine> most = List.of();
    int from = 0;
    int lastDue = -1;
    for (int to = 0; to < bySilence.size(); to++) {
      long longest = bySilence.get(to).silenceNanos(nowNanos);
      while (longest - bySilence.get(from).silenceNanos(nowNanos) > AT_ONCE_NANOS) {
        from++;
      }
      lastDue = isDue(bySilence.get(to), nowNanos) ? to : lastDue;
      if (lastDue >= from && to + 1 - from > most.size()) {
        most = bySilence.subList(from, to + 1);
      }
    }
    return most;
  }

  private static boolean isDue(Machine machine, long nowNanos) {
    for (var cell : absence(machine)) {
      if (AbsenceCheck.isHeld(cell, machine, nowNanos)) {
        return true;
      }
    }
    return false;
  }

  private static Severity worst(Machine machine, Severity than) {
    var worst = than;
    for (var cell : absence(machine)) {
      var severity = cell.rule.severity();
      worst = severity.compareTo(worst) > 0 ? severity : worst;
    }
    return worst;
  }

  private static boolean isWatched(Machine machine) {
    return absence(machine).length > 0;
  }

  /** Silent for longer than a machine on time can be, though perhaps not as long as rules allow. */
  static boolean isOverdue(Machine machine, long nowNanos) {
    return machine.silenceNanos(nowNanos) > machine.leastSilenceNanos() * 3 / 4;
  }

  /** Its own alert was there before whatever happens now. */
  private static boolean isLongDown(Machine machine, long nowNanos) {
    for (var cell : absence(machine)) {
      var alert = cell.open;
      if (alert != null
          && alert.isFiring()
          && (alert.sampleMillis == OpenAlert.UNSEEN
              || nowNanos - alert.seenNanos > AT_ONCE_NANOS)) {
        return true;
      }
    }
    return false;
  }

  static boolean hasFired(Machine machine) {
    for (var cell : absence(machine)) {
      if (cell.open != null && cell.open.isFiring()) {
        return true;
      }
    }
    return false;
  }

  private static RuleCell[] absence(Machine machine) {
    var cells = machine.absence();
    return cells == null ? RuleCell.NONE : cells;
  }
}
