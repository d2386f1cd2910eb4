package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.MachineStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The machines of a {@link LiveView}, so many at the most. Guarded by the view. */
final class LiveMachines {
  private static final Duration LONG_SILENCE = Duration.ofDays(1);

  private final int limit;
  private final LongAdder refused;
  private final OpenAlerts openAlerts;
  private final Map<String, LiveMachine> byId = new TreeMap<>();
  // Until then no machine can make room for another, so that nobody has to look.
  private Instant fullUntil = Instant.MIN;

  LiveMachines(int limit, LongAdder refused, OpenAlerts openAlerts) {
    this.limit = limit;
    this.refused = refused;
    this.openAlerts = openAlerts;
  }

  /**
   * Returns a machine, which is new where there was none; null where there are too many.
   *
   * @param seen when it was heard from
   */
  @Nullable LiveMachine of(String id, Instant seen) {
    var known = byId.get(id);
    if (known != null) {
      return known;
    }
    if (byId.size() >= limit && !makeRoom(seen)) {
      refused.increment();
      return null;
    }
    var machine = new LiveMachine(id);
    openAlerts.of(id).forEach(alert -> machine.alert(alert, true));
    byId.put(id, machine);
    return machine;
  }

  private boolean makeRoom(Instant seen) {
    if (seen.isBefore(fullUntil)) {
      return false;
    }
    var longest =
        byId.values().stream().min(Comparator.comparing(LiveMachine::lastSeen)).orElseThrow();
    fullUntil = longest.lastSeen().plus(LONG_SILENCE);
    return !seen.isBefore(fullUntil) && byId.remove(longest.id(), longest);
  }

  @Nullable LiveMachine find(String id) {
    return byId.get(id);
  }

  /** Returns all, ordered by id. */
  Collection<LiveMachine> all() {
    return byId.values();
  }

  /** Returns whether one that is not given up yet has been silent for so many intervals. */
  boolean anyOverdue(double intervals, long nowNanos) {
    for (var machine : byId.values()) {
      if (machine.status() != MachineStatus.DOWN
          && machine.silence(nowNanos).toNanos() >= intervals * machine.interval().toNanos()) {
        return true;
      }
    }
    return false;
  }

  Duration longestInterval() {
    return byId.values().stream()
        .map(LiveMachine::interval)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  int count(MachineStatus status) {
    return (int) byId.values().stream().filter(machine -> machine.status() == status).count();
  }
}
