package io.sysmonstm.edge.helidon;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Resource;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.json.ValueJson;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a gateway has published, as texts that are ready for viewers: so many machines and bytes at
 * the most, and so many open alerts. Confined to its owner's lock.
 */
final class Published {
  static final int MAX_ALERTS = 1_000;

  /** What a machine's change means to viewers. */
  enum Change {
    NOTHING,
    STATUS,
    READINGS,
    DESCRIPTION
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Machine(MachineStatus status, Instant newest, byte[] description, byte[] json) {
    int bytes() {
      return description.length + json.length;
    }
  }

  private final int maxMachines;
  private final long maxBytes;
  private final LongAdder refused;
  private final Map<String, Machine> machines = new TreeMap<>();
  private final Map<String, byte[]> alerts = new LinkedHashMap<>();
  private long bytes;

  Published(int maxMachines, long maxBytes, LongAdder refused) {
    this.maxMachines = maxMachines;
    this.maxBytes = maxBytes;
    this.refused = refused;
  }

  /** Returns one without machines and alerts, with the same bounds. */
  Published emptied() {
    return new Published(maxMachines, maxBytes, refused);
  }

  /** Takes in the newest state of a machine; what is beyond a bound is refused and counted. */
  Change put(MachineView view, Instant newest) {
    var id = view.state().machineId();
    var before = machines.get(id);
    var fresh =
        new Machine(
            view.status(), newest, description(view.state().resource()), Json.bytes(view::write));
    long more = (long) fresh.bytes() - (before == null ? 0 : before.bytes());
    if (bytes + more > maxBytes || (before == null && machines.size() >= maxMachines)) {
      refused.increment();
      return Change.NOTHING;
    }
    bytes += more;
    machines.put(id, fresh);
    if (before == null || !Arrays.equals(before.description, fresh.description)) {
      return Change.DESCRIPTION;
    }
    if (newest.isAfter(before.newest)) {
      return Change.READINGS;
    }
    return before.status == fresh.status ? Change.NOTHING : Change.STATUS;
  }

  private static byte[] description(Resource resource) {
    return ValueJson.write(resource);
  }

  /** Takes in an alert: one that is over is forgotten; of too many the oldest is. */
  void put(Alert alert) {
    alerts.remove(alert.id());
    if (alert.open()) {
      if (alerts.size() >= MAX_ALERTS) {
        alerts.remove(alerts.keySet().iterator().next());
      }
      alerts.put(alert.id(), ValueJson.write(alert));
    }
  }

  /** Returns the machines in JSON, ordered by id. */
  Collection<byte[]> machines() {
    return machines.values().stream().map(Machine::json).toList();
  }

  /** Returns the open alerts in JSON. */
  Collection<byte[]> alerts() {
    return alerts.values();
  }

  int size() {
    return machines.size();
  }
}
