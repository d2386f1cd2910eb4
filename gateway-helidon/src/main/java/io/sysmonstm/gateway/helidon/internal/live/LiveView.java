package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Sample;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.MachineEvent;
import io.sysmonstm.spi.MachineForgotten;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.net.Outbox;
import io.sysmonstm.web.helidon.internal.net.ViewerFeed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The merged state of the fleet as this process sees it, and the frames that tell viewers of every
 * change. Thread-safe: one lock guards the state and the order of frames, so that a viewer's
 * snapshot and the frames after it fit without a gap and never go backwards. Under it a changed
 * machine is serialised once, for all who want all of it, and frames are handed to outboxes, which
 * never wait; nothing is written to a socket.
 */
public final class LiveView implements ViewerFeed {
  private final TimeSource time;

  private final ReentrantLock lock = new ReentrantLock();
  // All guarded by the lock.
  private final OpenAlerts openAlerts = new OpenAlerts();
  private final LiveMachines machines;
  private final Audience audience;
  private Follower follower = Follower.NOBODY;
  private long heardNanos;

  /**
   * Creates an empty view.
   *
   * @param time the clock that silence is measured by
   * @param maxMachines how many machines are kept; a further one takes the place of one that has
   *     been silent for a day longer, else it is refused and counted
   * @param metrics where that is counted
   */
  public LiveView(TimeSource time, int maxMachines, SelfMetrics metrics) {
    this.time = time;
    this.machines =
        new LiveMachines(
            maxMachines,
            metrics.counter(
                "gateway_machines_refused_total",
                "Batches of machines beyond the bound of the live view."),
            openAlerts,
            this::gone);
    this.audience =
        new Audience(
            metrics.counter(
                "gateway_frames_dropped_total",
                "Alert and machine frames that a slow viewer did not get."));
    this.heardNanos = time.nanoTime();
    for (var status : MachineStatus.values()) {
      metrics.gauge(
          "gateway_machines",
          "Machines in the live view, by status.",
          Labels.of("status", status.text()),
          () -> count(status));
    }
  }

  /** Takes in an event, and tells viewers. */
  public void accept(Event event) {
    locked(
        () -> {
          switch (event) {
            case MetricsEvent metrics -> accept(metrics);
            case AlertEvent alert -> accept(alert);
            // Status is derived here, from when this view last heard of a machine.
            case MachineEvent _ -> {}
            case MachineForgotten forgotten ->
                machines.forget(forgotten.machineId(), forgotten.at());
          }
        });
  }

  private void gone(String machineId) {
    follower.changed(machineId);
    audience.tell(machineId, Frames.forgotten(time.instant(), machineId));
  }

  private void accept(MetricsEvent event) {
    if (event.batch().replay()) {
      return;
    }
    long now = time.nanoTime();
    heardNanos = now;
    var machine = machines.of(event.machineId(), event.receivedAt());
    if (machine != null) {
      if (machine.heard(event.receivedAt(), now, event.resource(), event.interval())) {
        tellDescription(machine);
      }
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
    states.forEach(state -> locked(() -> merge(state)));
  }

  private void merge(MachineState state) {
    var machine = machines.of(state.machineId(), state.lastSeen());
    if (machine != null) {
      long now = time.nanoTime();
      long heard = now - LiveMachine.silence(state.lastSeen(), time.instant()).toNanos();
      if (machine.heard(state.lastSeen(), heard, state.resource(), state.interval())) {
        tellDescription(machine);
      }
      judge(machine, now);
      if (machine.merge(state)) {
        tellCycle(machine);
      }
    }
  }

  /**
   * Merges the newest samples that history has, and takes them for a sign of life; where they are
   * newer, viewers are told.
   *
   * @param newest samples by machine
   * @param unknownToo whether machines count that are not here yet; history does not know who was
   *     forgotten
   */
  public void mergeNewest(Map<String, List<Sample>> newest, boolean unknownToo) {
    newest.forEach((id, samples) -> locked(() -> mergeNewest(id, samples, unknownToo)));
  }

  private void mergeNewest(String id, List<Sample> samples, boolean unknownToo) {
    if (samples.isEmpty()) {
      return;
    }
    var newest = samples.stream().map(Sample::observedAt).max(Instant::compareTo).orElseThrow();
    var machine = unknownToo ? machines.of(id, newest) : machines.find(id);
    if (machine != null) {
      var wall = time.instant();
      // A time yet to come would outdo whatever is heard until then.
      var seen = newest.isAfter(wall) ? wall : newest;
      long now = time.nanoTime();
      machine.seen(seen, now - LiveMachine.silence(seen, wall).toNanos());
      judge(machine, now);
      if (machine.merge(samples)) {
        tellCycle(machine);
      }
    }
  }

  private void tellDescription(LiveMachine machine) {
    follower.changed(machine.id());
    audience.tellDescription(machine, time.instant());
  }

  private void tellCycle(LiveMachine machine) {
    audience.tellCycle(machine);
    follower.changed(machine.id());
  }

  private void accept(AlertEvent event) {
    tell(openAlerts.accept(event, time.instant()));
  }

  private void tell(AlertEvent event) {
    var alert = event.alert();
    var machine = machines.find(alert.machineId());
    if (machine != null) {
      machine.alert(alert.id(), alert.open());
    }
    follower.alert(event);
    if (!audience.isEmpty()) {
      audience.tell(alert.machineId(), Frames.alert(time.instant(), alert, event.change()));
    }
  }

  /** {@return a number that grows with each change of an alert that came as an event} */
  public long alertChanges() {
    return locked(() -> openAlerts.changes());
  }

  /**
   * Replaces the open alerts by those of a store, unless an event overtook the question; viewers
   * are told of what changed.
   *
   * @param open the open alerts
   * @param changes {@link #alertChanges} before the store was asked
   * @return whether they were replaced
   */
  public boolean replaceOpenAlerts(Collection<Alert> open, long changes) {
    return locked(
        () -> {
          if (changes != openAlerts.changes()) {
            return false;
          }
          openAlerts.replace(open, time.instant()).forEach(this::tell);
          return true;
        });
  }

  /**
   * Judges by the clock who fell silent, tells viewers, and forgets series that were left behind.
   */
  public void tick() {
    locked(
        () -> {
          long now = time.nanoTime();
          for (var machine : machines.all()) {
            judge(machine, now);
            machine.expire();
          }
        });
  }

  /**
   * {@return whether a machine that is not given up yet has been silent for so many intervals}
   *
   * @param intervals more than 1
   */
  public boolean anyOverdue(double intervals) {
    return locked(() -> machines.anyOverdue(intervals, time.nanoTime()));
  }

  /**
   * {@return whether no event told of any machine for a while}
   *
   * @param span how long
   */
  public boolean quietFor(Duration span) {
    return locked(() -> time.nanoTime() - heardNanos >= span.toNanos());
  }

  /** {@return the longest collection interval of any machine, zero where there is none} */
  public Duration longestInterval() {
    return locked(machines::longestInterval);
  }

  private void judge(LiveMachine machine, long nowNanos) {
    if (machine.judge(nowNanos, time.instant())) {
      follower.changed(machine.id());
      audience.tellStatus(machine, time.instant());
    }
  }

  /**
   * Lets a viewer in: a snapshot is the first frame in its outbox, every later change follows.
   *
   * @param outbox the viewer's
   * @return the viewer
   */
  @Override
  public Viewer attach(Outbox outbox) {
    return locked(
        () -> {
          var viewer = new Viewer(this, outbox);
          var parts = new ArrayList<byte[]>(machines.all().size());
          machines.all().forEach(machine -> parts.add(machine.json()));
          outbox.start(Frames.snapshot(time.instant(), parts));
          audience.add(viewer);
          return viewer;
        });
  }

  /** Gives a viewer what it wants from now on. */
  void subscribe(Viewer viewer, Subscription wish) {
    var ids = locked(() -> machines.all().stream().map(LiveMachine::id).toList());
    // The answers are kept, so that nobody has to wait while they are worked out.
    ids.forEach(wish::wantsMachine);
    locked(() -> audience.change(viewer, wish));
  }

  /** Lets a viewer go. */
  void detach(Viewer viewer) {
    locked(() -> audience.remove(viewer));
  }

  /**
   * Lets somebody follow from within, of whom there is one.
   *
   * @param value is told of every change from now on
   */
  public void follow(Follower value) {
    locked(
        () -> {
          follower = value;
        });
  }

  /** {@return what viewers see now} */
  public FleetView fleet() {
    return locked(() -> new FleetView(machines(), openAlerts.all()));
  }

  /**
   * {@return what viewers see of one machine}
   *
   * @param id the machine
   */
  public Optional<MachineView> machine(String id) {
    return locked(() -> Optional.ofNullable(machines.find(id)).map(LiveMachine::view));
  }

  /** {@return what viewers see of all machines, ordered by id} */
  public List<MachineView> machines() {
    return locked(() -> machines.all().stream().map(LiveMachine::view).toList());
  }

  /** {@return whether no machine is known} */
  public boolean isEmpty() {
    return locked(() -> machines.all().isEmpty());
  }

  /** {@return the ids of a machine's open alerts} */
  public List<String> openAlerts(String machineId) {
    return locked(
        () -> {
          var machine = machines.find(machineId);
          return machine == null ? openAlerts.of(machineId) : machine.openAlerts();
        });
  }

  /**
   * {@return the ids of machines that are down and were not heard from since a time}
   *
   * @param since that time
   */
  List<String> downSince(Instant since) {
    return locked(() -> machines.downSince(since));
  }

  /** {@return how many machines have a status} */
  public int count(MachineStatus status) {
    return locked(() -> machines.count(status));
  }

  private void locked(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
