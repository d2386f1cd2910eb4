package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Resource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All machines that have or had a stream. Bounded: machines without one are forgotten when room is
 * needed. Thread-safe.
 */
final class Machines {
  private final int maxMachines;
  private final Duration defaultInterval;
  private final Map<String, Machine> byId = new HashMap<>();
  private int sessions;

  Machines(int maxMachines, Duration defaultInterval) {
    this.maxMachines = maxMachines;
    this.defaultInterval = defaultInterval;
  }

  /** {@return the machine, with one session more} */
  synchronized Machine enter(String machineId, Resource resource) {
    Names.machineIdProblem(machineId)
        .ifPresent(
            problem -> {
              throw new RequestException(ErrorCode.INVALID_ARGUMENT, problem);
            });
    var machine = byId.get(machineId);
    if (machine == null) {
      makeRoom(machineId);
      machine = new Machine(machineId, resource, defaultInterval);
      byId.put(machineId, machine);
    }
    machine.describe(resource);
    machine.enter();
    sessions++;
    return machine;
  }

  synchronized void leave(Machine machine) {
    machine.leave();
    sessions--;
  }

  int max() {
    return maxMachines;
  }

  synchronized int size() {
    return byId.size();
  }

  synchronized int sessions() {
    return sessions;
  }

  /** {@return all of them, in no order} */
  synchronized List<Machine> all() {
    return List.copyOf(byId.values());
  }

  synchronized long withOffClock() {
    return byId.values().stream()
        .filter(machine -> !machine.idle() && machine.clockOffsetMillis() != 0)
        .count();
  }

  private void makeRoom(String machineId) {
    if (byId.size() >= maxMachines) {
      byId.values().removeIf(Machine::idle);
    }
    if (byId.size() >= maxMachines) {
      throw new RequestException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "machine '%s' is refused: %d machines are connected, the most this aggregator takes"
              .formatted(machineId, maxMachines));
    }
  }
}
