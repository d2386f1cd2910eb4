package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.MachineEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells, once each, when machines are up, stale, down and up again. Silence is counted from receipt
 * on the monotonic clock, so that no jump of the wall clock makes a machine silent.
 *
 * <p>Before a machine is called silent the store of current state is asked: one that another
 * aggregator has heard from meanwhile is that one's to watch. A store that cannot say puts the word
 * off for {@link #DOUBT}; then own knowledge decides, since a machine that died must not stay
 * unnoticed for as long as the store is away.
 *
 * <p>Machines that the store knows at the start are watched too, and given {@link #GRACE} to
 * connect again; what was silent for longer than {@link #OLD_NEWS} by then has been told before.
 * Confined to one thread, which may block in the store.
 */
final class StatusWatch {
  static final Duration GRACE = Duration.ofMinutes(1);
  static final Duration DOUBT = Duration.ofMinutes(1);
  static final Duration OLD_NEWS = Duration.ofDays(1);
  private static final Duration LOAD_AGAIN = Duration.ofSeconds(5);
  // The rest is asked about in the next round, so that a round stays short.
  private static final int MAX_QUESTIONS = 500;
  private static final EventLog LOG = EventLog.of(Aggregator.class);

  private enum Answer {
    HEARD_ELSEWHERE,
    SILENT,
    UNKNOWN
  }

  private static final class Watched {
    final String id;
    String hostname;
    Duration interval;
    long seenNanos;
    Instant seenAt;
    // Nothing is said of its silence before.
    long quietUntilNanos;
    boolean elsewhere;
    @Nullable MachineStatus told;
    boolean doubted;
    long doubtedSinceNanos;

    Watched(String id, String hostname, Duration interval, long nowNanos) {
      this.id = id;
      this.hostname = hostname;
      this.interval = interval;
      this.seenNanos = nowNanos;
      this.seenAt = Instant.EPOCH;
      this.quietUntilNanos = nowNanos;
    }
  }

  private final CurrentStore current;
  private final Machines machines;
  private final int maxMachines;
  private final TimeSource time;
  private final Consumer<MachineEvent> publish;
  private final SelfMetrics metrics;
  private final Map<String, Watched> watched = new HashMap<>();
  private boolean loaded;
  private long loadNotBeforeNanos;
  private int questions;

  StatusWatch(
      CurrentStore current,
      Machines machines,
      TimeSource time,
      Consumer<MachineEvent> publish,
      SelfMetrics metrics) {
    this.current = current;
    this.machines = machines;
    this.maxMachines = machines.max();
    this.time = time;
    this.publish = publish;
    this.metrics = metrics;
    this.loadNotBeforeNanos = time.nanoTime();
  }

  /** One round; to be called about each second. */
  void look() {
    load();
    for (var machine : machines.all()) {
      if (machine.wasHeard()) {
        hear(machine);
      }
    }
    questions = 0;
    for (var each : watched.values()) {
      judge(each);
    }
    if (watched.size() > maxMachines) {
      watched.values().removeIf(each -> each.elsewhere || each.told == MachineStatus.DOWN);
    }
  }

  private void load() {
    long now = time.nanoTime();
    if (loaded || now - loadNotBeforeNanos < 0) {
      return;
    }
    try {
      current.machines().forEach(state -> load(state, time.nanoTime()));
      loaded = true;
    } catch (RuntimeException | LinkageError e) {
      loadNotBeforeNanos = time.nanoTime() + LOAD_AGAIN.toNanos();
      LOG.warn(
          "known_machines_unread",
          "the store of current state cannot say which machines there were; asked again soon",
          e);
    }
  }

  private void load(MachineState state, long now) {
    if (watched.size() >= maxMachines || watched.containsKey(state.machineId())) {
      return;
    }
    var known = new Watched(state.machineId(), state.resource().hostname(), state.interval(), now);
    known.seenAt = state.lastSeen();
    known.quietUntilNanos = now + GRACE.toNanos();
    var silence = Duration.between(state.lastSeen(), time.instant());
    if (state.status(time.instant()) == MachineStatus.UP) {
      known.told = MachineStatus.UP;
    } else if (silence.compareTo(OLD_NEWS) > 0) {
      known.told = MachineStatus.DOWN;
    }
    watched.put(known.id, known);
  }

  private void hear(Machine machine) {
    long nanos = machine.heardNanos();
    var known = watched.get(machine.id());
    if (known == null) {
      known = new Watched(machine.id(), machine.resource().hostname(), machine.interval(), nanos);
      watched.put(known.id, known);
    } else if (known.seenNanos == nanos && known.seenAt.equals(machine.heardAt())) {
      return;
    }
    known.hostname = machine.resource().hostname();
    known.interval = machine.interval();
    known.seenNanos = nanos;
    known.seenAt = machine.heardAt();
    known.quietUntilNanos = nanos;
    known.elsewhere = false;
    known.doubted = false;
  }

  private void judge(Watched machine) {
    long now = time.nanoTime();
    if (machine.elsewhere || now - machine.quietUntilNanos < 0) {
      return;
    }
    var status = MachineStatus.of(Duration.ofNanos(now - machine.seenNanos), machine.interval);
    if (status == machine.told) {
      return;
    }
    if (status == MachineStatus.UP) {
      tell(machine, status);
      return;
    }
    switch (ask(machine)) {
      case HEARD_ELSEWHERE -> {
        machine.elsewhere = true;
        machine.told = MachineStatus.UP;
      }
      case SILENT -> {
        machine.doubted = false;
        tell(machine, status);
      }
      case UNKNOWN -> {
        if (!machine.doubted) {
          machine.doubted = true;
          machine.doubtedSinceNanos = now;
        } else if (now - machine.doubtedSinceNanos >= DOUBT.toNanos()) {
          tell(machine, status);
        }
      }
    }
  }

  private Answer ask(Watched machine) {
    if (++questions > MAX_QUESTIONS) {
      return Answer.UNKNOWN;
    }
    try {
      var state = current.machine(machine.id);
      boolean newer = state.isPresent() && state.get().lastSeen().isAfter(machine.seenAt);
      return newer ? Answer.HEARD_ELSEWHERE : Answer.SILENT;
    } catch (RuntimeException | LinkageError e) {
      // It is not asked about the others in this round: each might wait for its deadline.
      questions = MAX_QUESTIONS;
      return Answer.UNKNOWN;
    }
  }

  private void tell(Watched machine, MachineStatus status) {
    machine.told = status;
    metrics
        .counter(
            "aggregator_machine_events_total",
            "Changes of machines between up, stale and down.",
            Labels.of("status", status.name().toLowerCase(Locale.ROOT)))
        .increment();
    publish.accept(
        new MachineEvent(machine.id, machine.hostname, status, machine.seenAt, time.instant()));
  }
}
