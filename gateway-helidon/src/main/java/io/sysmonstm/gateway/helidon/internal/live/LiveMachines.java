package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.spi.BoundedMap;
import io.sysmonstm.spi.LongestSilent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The machines of a {@link LiveView}, so many at the most. Guarded by the view. */
final class LiveMachines {
  private final int limit;
  private final LongAdder refused;
  private final OpenAlerts openAlerts;
  private final Consumer<String> gone;
  private final Map<String, LiveMachine> byId = new TreeMap<>();
  // What a store or history still tells of them from before is no sign of life.
  private final BoundedMap<Instant> forgotten;
  private final LongestSilent<LiveMachine> longestSilent =
      new LongestSilent<>(byId, LiveMachine::lastSeen);

  /**
   * Creates none.
   *
   * @param limit how many there may be
   * @param refused where batches of further ones are counted
   * @param openAlerts of which a new machine may have some
   * @param gone is told who is not there any more
   */
  LiveMachines(int limit, LongAdder refused, OpenAlerts openAlerts, Consumer<String> gone) {
    this.limit = limit;
    this.refused = refused;
    this.openAlerts = openAlerts;
    this.gone = gone;
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
    if (byId.size() >= limit) {
      var leaver = longestSilent.makeRoom(seen);
      if (leaver.isEmpty()) {
        refused.increment();
        return null;
      }
      gone.accept(leaver.get());
    }
    var machine = new LiveMachine(id);
    openAlerts.of(id).forEach(alert -> machine.alert(alert, true));
    byId.put(id, machine);
    return machine;
  }

  /** Forgets a machine, unless it was heard from since. */
  void forget(String id, Instant at) {
    var machine = byId.get(id);
    if (machine != null && machine.lastSeen().isAfter(at)) {
      return;
    }
    forgotten.put(id, at);
    if (byId.remove(id) != null) {
      gone.accept(id);
    }
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

  /** Returns the ids of those that are down and were not heard from since a time. */
  List<String> downSince(Instant time) {
    return byId.values().stream()
        .filter(machine -> machine.status() == MachineStatus.DOWN)
        .filter(machine -> machine.lastSeen().isBefore(time))
        .map(LiveMachine::id)
        .toList();
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
