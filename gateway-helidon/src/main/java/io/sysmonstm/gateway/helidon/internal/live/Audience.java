package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.web.helidon.internal.net.Frame;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * The viewers of a {@link LiveView}, to whose outboxes frames go; these never wait. Guarded by the
 * view.
 */
final class Audience {
  private final Set<Viewer> viewers = new HashSet<>();
  private final LongAdder dropped;

  Audience(LongAdder dropped) {
    this.dropped = dropped;
  }

  boolean isEmpty() {
    return viewers.isEmpty();
  }

  void add(Viewer viewer) {
    viewers.add(viewer);
  }

  void remove(Viewer viewer) {
    viewers.remove(viewer);
  }

  /** Tells those who want a machine of something that each of them should get. */
  void tell(String machineId, Frame frame) {
    for (var viewer : viewers) {
      if (viewer.subscription().wantsMachine(machineId) && !viewer.outbox().put(frame)) {
        dropped.increment();
      }
    }
  }

  /** Tells of a machine's newest state, in one frame for all who want the same of it. */
  void tellCycle(LiveMachine machine) {
    if (viewers.isEmpty()) {
      return;
    }
    var state = machine.state();
    var bySubscription = new HashMap<List<String>, Frame>();
    for (var viewer : viewers) {
      var subscription = viewer.subscription();
      if (subscription.wantsMachine(machine.id())) {
        viewer
            .outbox()
            .putNewest(
                machine.id(),
                bySubscription.computeIfAbsent(
                    subscription.metrics(),
                    metrics ->
                        Frames.cycle(machine.newest(), state, machine.status(), subscription)));
      }
    }
  }
}
