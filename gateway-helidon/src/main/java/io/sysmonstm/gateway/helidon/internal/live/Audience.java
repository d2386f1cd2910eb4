package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.json.MachineView;
import io.sysmonstm.web.helidon.internal.net.Frame;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * The viewers of a {@link LiveView}, to whose outboxes frames go; these never wait. Those that want
 * the same are together, so that a frame is made once for all of them. Guarded by the view.
 */
final class Audience {
  private record Group(Subscription wish, Set<Viewer> viewers) {
    private Group(Subscription wish) {
      this(wish, new HashSet<>());
    }
  }

  private final Map<Subscription, Group> groups = new HashMap<>();
  private final LongAdder dropped;

  Audience(LongAdder dropped) {
    this.dropped = dropped;
  }

  boolean isEmpty() {
    return groups.isEmpty();
  }

  void add(Viewer viewer) {
    var group = groups.computeIfAbsent(viewer.subscription(), Group::new);
    group.viewers.add(viewer);
    // Of those that are equal one is kept, with the answers that it keeps.
    viewer.subscribed(group.wish);
  }

  /** Lets a viewer go; returns whether it was in. */
  boolean remove(Viewer viewer) {
    var group = groups.get(viewer.subscription());
    if (group == null || !group.viewers.remove(viewer)) {
      return false;
    }
    if (group.viewers.isEmpty()) {
      groups.remove(group.wish);
    }
    return true;
  }

  /** Gives a viewer another wish; returns whether it is still in. */
  boolean change(Viewer viewer, Subscription wish) {
    boolean here = remove(viewer);
    if (here) {
      viewer.subscribed(wish);
      add(viewer);
    }
    return here;
  }

  /** Tells those who want a machine of something that each of them should get. */
  void tell(String machineId, Frame frame) {
    for (var group : groups.values()) {
      if (group.wish.wantsMachine(machineId)) {
        for (var viewer : group.viewers) {
          if (!viewer.outbox().put(frame)) {
            dropped.increment();
          }
        }
      }
    }
  }

  /** Tells of a machine's status. */
  void tellStatus(LiveMachine machine, Instant now) {
    if (!isEmpty()) {
      tell(machine.id(), Frames.status(now, machine.id(), machine.status(), machine.statusSince()));
    }
  }

  /** Tells what a machine is, where that has changed. */
  void tellDescription(LiveMachine machine, Instant now) {
    if (!isEmpty()) {
      tell(machine.id(), Frame.text(MachineView.described(now, machine.state(), machine.status())));
    }
  }

  /** Tells of a machine's newest state, in one frame for all who want the same of it. */
  void tellCycle(LiveMachine machine) {
    if (groups.isEmpty()) {
      return;
    }
    var state = machine.state();
    var frames = new HashMap<NameFilter, Frame>(2);
    for (var group : groups.values()) {
      if (group.wish.wantsMachine(machine.id())) {
        var frame =
            frames.computeIfAbsent(
                group.wish.metrics(),
                metrics -> Frames.cycle(machine.newest(), state, machine.status(), metrics));
        group.viewers.forEach(viewer -> viewer.outbox().putNewest(machine.id(), frame));
      }
    }
  }
}
