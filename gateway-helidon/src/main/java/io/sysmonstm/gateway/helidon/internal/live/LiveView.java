package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Resource;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.MachineEvent;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The merged state of the fleet as this process sees it, and the frames that tell viewers of every
 * change. Thread-safe: one lock guards the state and the order of frames, so that a viewer's
 * snapshot and the frames after it fit without a gap and never go backwards. Under it a changed
 * machine is serialised once and frames are handed to outboxes, which never wait; nothing is
 * written to a socket.
 */
public final class LiveView {
  // As long as anybody cares to know; a longer silence would not fit a count of nanoseconds.
  private static final Duration LONGEST_SILENCE = Duration.ofDays(365);

  private final TimeSource time;
  private final int maxMachines;
  private final LongAdder refusedMachines;
  private final LongAdder droppedFrames;

  private final ReentrantLock lock = new ReentrantLock();
  // All guarded by the lock.
  private final Map<String, LiveMachine> machines = new TreeMap<>();
  private final Map<String, Alert> openAlerts = new HashMap<>();
  private final Set<Outbox> viewers = new HashSet<>();
  private long alertChanges;

  /**
   * Creates an empty view.
   *
   * @param time the clock that silence is measured by
   * @param maxMachines how many machines are kept; more are refused and counted
   * @param metrics where that is counted
   */
  public LiveView(TimeSource time, int maxMachines, SelfMetrics metrics) {
    this.time = time;
    this.maxMachines = maxMachines;
    this.refusedMachines =
        metrics.counter(
            "gateway_machines_refused_total",
            "Batches of machines beyond the bound of the live view.");
    this.droppedFrames =
        metrics.counter(
            "gateway_frames_dropped_total",
            "Alert and machine frames that a slow viewer did not get.");
  }

  /** Takes in an event, and tells viewers. */
  public void accept(Event event) {
    lock.lock();
    try {
      switch (event) {
        case MetricsEvent metrics -> accept(metrics);
        case AlertEvent alert -> accept(alert);
        // Status is derived here, from when this view last heard of a machine.
        case MachineEvent _ -> {}
      }
    } finally {
      lock.unlock();
    }
  }

  private void accept(MetricsEvent event) {
    if (event.batch().replay()) {
      return;
    }
    var machine = machine(event.machineId(), event.resource(), event.interval());
    if (machine != null) {
      long now = time.nanoTime();
      machine.heard(event.receivedAt(), now, event.resource(), event.interval());
      judge(machine, now);
      if (machine.merge(event.batch())) {
        tellCycle(machine);
      }
    }
  }

  /**
   * Merges what a store knows; where it is newer, viewers are told.
   *
   * @param states the state of machines
   */
  public void merge(List<MachineState> states) {
    for (var state : states) {
      lock.lock();
      try {
        merge(state);
      } finally {
        lock.unlock();
      }
    }
  }

  private void merge(MachineState state) {
    var machine = machine(state.machineId(), state.resource(), state.interval());
    if (machine != null) {
      long now = time.nanoTime();
      long heard = now - silence(state.lastSeen()).toNanos();
      machine.heard(state.lastSeen(), heard, state.resource(), state.interval());
      judge(machine, now);
      if (machine.merge(state)) {
        tellCycle(machine);
      }
    }
  }

  private Duration silence(Instant lastSeen) {
    var silence = Duration.between(lastSeen, time.instant());
    if (silence.isNegative()) {
      return Duration.ZERO;
    }
    return silence.compareTo(LONGEST_SILENCE) > 0 ? LONGEST_SILENCE : silence;
  }

  private @Nullable LiveMachine machine(String id, Resource resource, Duration interval) {
    var known = machines.get(id);
    if (known != null) {
      return known;
    }
    if (machines.size() >= maxMachines) {
      refusedMachines.increment();
      return null;
    }
    var machine = new LiveMachine(id, resource, interval);
    openAlerts.values().stream()
        .filter(alert -> alert.machineId().equals(id))
        .forEach(alert -> machine.alert(alert.id(), true));
    machines.put(id, machine);
    return machine;
  }

  private void accept(AlertEvent event) {
    alertChanges++;
    var alert = event.alert();
    if (event.change() == AlertEvent.Change.CANCELLED) {
      // There is no such alert any more; for a viewer that was told of it, that is its end.
      alert = alert.toBuilder().state(AlertState.RESOLVED).resolvedAt(time.instant()).build();
    }
    remember(alert);
    if (!viewers.isEmpty()) {
      tell(alert.machineId(), Frames.alert(time.instant(), alert, event.change()));
    }
  }

  private void remember(Alert alert) {
    if (alert.open()) {
      openAlerts.put(alert.id(), alert);
    } else {
      openAlerts.remove(alert.id());
    }
    var machine = machines.get(alert.machineId());
    if (machine != null) {
      machine.alert(alert.id(), alert.open());
    }
  }

  /** {@return a number that grows with each change of an alert that came as an event} */
  public long alertChanges() {
    lock.lock();
    try {
      return alertChanges;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Replaces the open alerts by those of a store, unless an event overtook the question.
   *
   * @param open the open alerts
   * @param changes {@link #alertChanges} before the store was asked
   * @return whether they were replaced
   */
  public boolean replaceOpenAlerts(Collection<Alert> open, long changes) {
    lock.lock();
    try {
      if (changes != alertChanges) {
        return false;
      }
      for (var alert : List.copyOf(openAlerts.values())) {
        openAlerts.remove(alert.id());
        var machine = machines.get(alert.machineId());
        if (machine != null) {
          machine.alert(alert.id(), false);
        }
      }
      open.forEach(this::remember);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Judges by the clock who fell silent, tells viewers, and forgets series that were left behind.
   */
  public void tick() {
    lock.lock();
    try {
      long now = time.nanoTime();
      for (var machine : machines.values()) {
        judge(machine, now);
        machine.expire();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@return whether a machine would count as stale or down before long, if nothing more were heard
   * of it}
   */
  public boolean anyFallingSilent() {
    lock.lock();
    try {
      long now = time.nanoTime();
      for (var machine : machines.values()) {
        var soon = machine.silence(now).plus(machine.interval());
        if (MachineStatus.of(soon, machine.interval()) != machine.status()) {
          return true;
        }
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void judge(LiveMachine machine, long nowNanos) {
    if (machine.judge(nowNanos) && !viewers.isEmpty()) {
      tell(machine.id(), Frames.status(time.instant(), machine.id(), machine.status()));
    }
  }

  private void tell(String machineId, Frame frame) {
    for (var viewer : viewers) {
      if (viewer.subscription().wantsMachine(machineId) && !viewer.put(frame)) {
        droppedFrames.increment();
      }
    }
  }

  private void tellCycle(LiveMachine machine) {
    if (viewers.isEmpty()) {
      return;
    }
    var state = machine.state();
    var bySubscription = new HashMap<List<String>, Frame>();
    for (var viewer : viewers) {
      var subscription = viewer.subscription();
      if (subscription.wantsMachine(machine.id())) {
        viewer.putNewest(
            machine.id(),
            bySubscription.computeIfAbsent(
                subscription.metrics(),
                metrics -> Frames.cycle(machine.newest(), state, machine.status(), subscription)));
      }
    }
  }

  /**
   * Lets a viewer in: a snapshot is the first frame in its outbox, every later change follows.
   *
   * @param viewer its outbox
   */
  public void attach(Outbox viewer) {
    lock.lock();
    try {
      var parts = new ArrayList<byte[]>(machines.size());
      machines.values().forEach(machine -> parts.add(machine.json()));
      viewer.start(Frames.snapshot(time.instant(), parts));
      viewers.add(viewer);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets a viewer go.
   *
   * @param viewer its outbox
   */
  public void detach(Outbox viewer) {
    lock.lock();
    try {
      viewers.remove(viewer);
    } finally {
      lock.unlock();
    }
  }

  /** {@return the state of all machines, ordered by id} */
  public List<MachineState> machines() {
    lock.lock();
    try {
      return machines.values().stream().map(LiveMachine::state).toList();
    } finally {
      lock.unlock();
    }
  }

  /** {@return the state of one machine} */
  public Optional<MachineState> machine(String id) {
    lock.lock();
    try {
      return Optional.ofNullable(machines.get(id)).map(LiveMachine::state);
    } finally {
      lock.unlock();
    }
  }

  /** {@return whether no machine is known} */
  public boolean isEmpty() {
    lock.lock();
    try {
      return machines.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@return whether a machine is heard from, by this process's own clock where it knows the
   * machine}
   *
   * @param state the machine as a store knows it
   */
  public MachineStatus status(MachineState state) {
    lock.lock();
    try {
      var machine = machines.get(state.machineId());
      return machine == null ? state.status(time.instant()) : machine.status();
    } finally {
      lock.unlock();
    }
  }

  /** {@return the ids of a machine's open alerts} */
  public List<String> openAlerts(String machineId) {
    lock.lock();
    try {
      var machine = machines.get(machineId);
      return machine == null ? List.of() : machine.openAlerts();
    } finally {
      lock.unlock();
    }
  }

  /** {@return how many machines have a status} */
  public int count(MachineStatus status) {
    lock.lock();
    try {
      return (int) machines.values().stream().filter(m -> m.status() == status).count();
    } finally {
      lock.unlock();
    }
  }
}
