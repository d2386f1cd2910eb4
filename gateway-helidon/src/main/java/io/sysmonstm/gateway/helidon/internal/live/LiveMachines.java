package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.spi.BoundedMap;
import io.sysmonstm.spi.LongestSilent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The machines of a {@link LiveView}, so many at the most. Guarded by the view. */
final class LiveMachines {
  private final int limit;
  private final LongAdder refused;
  private final OpenAlerts openAlerts;
  private final Map<String, LiveMachine> byId = new TreeMap<>();
  // What a store or history still tells of them from before is no sign of life.
  private final BoundedMap<Instant> forgotten;
  private final LongestSilent<LiveMachine> longestSilent =
      new LongestSilent<>(byId, LiveMachine::lastSeen);

  LiveMachines(int limit, LongAdder refused, OpenAlerts openAlerts) {
    this.limit = limit;
    this.refused = refused;
    this.openAlerts = openAlerts;
    this.forgotten = new BoundedMap<>(limit);
  }

  /**
   * Returns a machine, which is new where there was none; null where there are too many, or where
   * it has been forgotten since then.
   *
   * @param seen when it was heard from
   */
  @Nullable LiveMachine of(String id, Instant seen) {
    var known = byId.get(id);
    if (known != null) {
      return known;
    }
    var end = forgotten.get(id);
    if (end != null && !seen.isAfter(end)) {
      return null;
    }
    forgotten.remove(id);
    if (byId.size() >= limit && !longestSilent.makeRoom(seen)) {
      refused.increment();
      return null;
    }
    var machine = new LiveMachine(id);
    openAlerts.of(id).forEach(alert -> machine.alert(alert, true));
    byId.put(id, machine);
    return machine;
  }

  /** Forgets a machine, unless it was heard from since; returns whether it was there. */
  boolean forget(String id, Instant at) {
    var machine = byId.get(id);
    if (machine != null && machine.lastSeen().isAfter(at)) {
      return false;
    }
    forgotten.put(id, at);
    return byId.remove(id) != null;
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
