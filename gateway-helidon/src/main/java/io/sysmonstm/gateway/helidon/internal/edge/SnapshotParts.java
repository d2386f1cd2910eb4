package io.sysmonstm.gateway.helidon.internal.edge;

import io.sysmonstm.api.Alert;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.json.Publication;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A snapshot as messages of a size that an edge takes, which closes a link at larger ones. */
final class SnapshotParts {
  static final int MOST_BYTES = 512 * 1024;
  private static final int MACHINES = 50;
  private static final int ALERTS = 200;

  private final Instant at;
  private final Target target;

  /** Takes the messages in their order. */
  @FunctionalInterface
  interface Target {
    void send(byte[] message) throws EdgeLink.Broken, InterruptedException;
  }

  private SnapshotParts(Instant at, Target target) {
    this.at = at;
    this.target = target;
  }

  /** Sends all of it; only the last message says that it is the last. */
  static void send(
      Instant at,
      List<MachineView> machines,
      List<Alert> alerts,
      Disclosure disclosure,
      Target target)
      throws EdgeLink.Broken, InterruptedException {
    var parts = new SnapshotParts(at, target);
    for (int from = 0; from < machines.size(); from += MACHINES) {
      var some = machines.subList(from, Math.min(machines.size(), from + MACHINES));
      parts.send(some.stream().map(disclosure::of).toList(), List.of());
    }
    for (int from = 0; from < alerts.size(); from += ALERTS) {
      parts.send(List.of(), alerts.subList(from, Math.min(alerts.size(), from + ALERTS)));
    }
    target.send(new Publication.Snapshot(at, List.of(), List.of(), false).write());
  }

  private void send(List<MachineView> machines, List<Alert> alerts)
      throws EdgeLink.Broken, InterruptedException {
    var message = new Publication.Snapshot(at, machines, alerts, true).write();
    if (message.length <= MOST_BYTES || machines.size() + alerts.size() < 2) {
      target.send(message);
      return;
    }
    for (var some : halves(machines)) {
      send(some, List.of());
    }
    for (var some : halves(alerts)) {
      send(List.of(), some);
    }
  }

  private static <T> List<List<T>> halves(List<T> all) {
    var halves = new ArrayList<List<T>>();
    int middle = (all.size() + 1) / 2;
    for (var half : List.of(all.subList(0, middle), all.subList(middle, all.size()))) {
      if (!half.isEmpty()) {
        halves.add(half);
      }
    }
    return halves;
  }
}
