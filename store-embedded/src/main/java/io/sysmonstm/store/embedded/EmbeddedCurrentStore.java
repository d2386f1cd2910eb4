package io.sysmonstm.store.embedded;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Durations;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.LongestSilent;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The newest state of each machine, in the memory of one process. Thread-safe; an update of a known
 * machine allocates nothing, and a reader sees all of a batch or nothing of it. Which machines
 * there are, and when each was last seen, is in a file too, so that after a restart those that are
 * down are down, and not gone.
 *
 * <p>A sample expires a time to live after it came, by the monotonic clock: a clock that is set,
 * here or on the machine, makes nothing expire. Where a machine's clock was set back, its
 * older-looking samples are taken as soon as those from before have expired. Machines stay for
 * ever, unless they are forgotten; there is a bound on their number. A further one takes the place
 * of the one that has been silent for longest, where that is a day or more; else its batches are
 * counted and dropped.
 */
public final class EmbeddedCurrentStore implements CurrentStore {
  private static final EventLog LOG = EventLog.of(EmbeddedCurrentStore.class);

  private final TimeSource time;
  private final long timeToLiveNanos;
  private final int maxMachines;
  private final Map<String, CurrentMachine> machines = new ConcurrentHashMap<>();
  private final LongAdder refused;
  private final Roster roster;
  // Guarded by this.
  private final LongestSilent<CurrentMachine> longestSilent =
      new LongestSilent<>(machines, CurrentMachine::lastSeen);

  private EmbeddedCurrentStore(Builder builder) {
    this.time = builder.context.time();
    this.timeToLiveNanos = builder.timeToLive.toNanos();
    this.maxMachines = builder.maxMachines;
    var metrics = builder.context.metrics();
    this.refused =
        metrics.counter(
            "current_batches_refused_total", "Batches of machines beyond the greatest number.");
    metrics.gauge(
        "current_machines", "Machines with a current state.", Labels.empty(), machines::size);
    roster =
        new Roster(
            builder.context.dataDirectory().resolve("current.db"), builder.context, this::known);
    for (var known : roster.read(maxMachines)) {
      machines
          .computeIfAbsent(known.id(), id -> new CurrentMachine(id, Instant.MIN))
          .recall(known, time.instant());
    }
  }

  private List<KnownMachine> known() {
    return machines.values().stream().flatMap(machine -> machine.known().stream()).toList();
  }

  /**
   * Starts one; its file is {@code current.db} in the data directory.
   *
   * @param context time, counters and data directory
   * @return a builder
   */
  public static Builder builder(ProviderContext context) {
    return new Builder(context);
  }

  @Override
  public void update(MetricsEvent received) {
    var machine = machines.get(received.machineId());
    if (machine == null) {
      machine = add(received.machineId(), received.receivedAt());
    }
    if (machine != null) {
      machine.update(received, time.nanoTime(), timeToLiveNanos);
    }
    roster.keep();
  }

  @Override
  public Optional<MachineState> machine(String machineId) {
    long oldestNanos = time.nanoTime() - timeToLiveNanos;
    return Optional.ofNullable(machines.get(machineId))
        .flatMap(machine -> machine.state(oldestNanos));
  }

  @Override
  public List<MachineState> machines() {
    long oldestNanos = time.nanoTime() - timeToLiveNanos;
    return machines.values().stream()
        .flatMap(machine -> machine.state(oldestNanos).stream())
        .sorted(Comparator.comparing(MachineState::machineId))
        .toList();
  }

  @Override
  public void forget(String machineId) {
    machines.remove(machineId);
    roster.forget(machineId);
  }

  @Override
  public Health health() {
    return Health.ok();
  }

  @Override
  public void close() {
    roster.close();
    machines.clear();
  }

  private synchronized @Nullable CurrentMachine add(String machineId, Instant seen) {
    if (machines.size() >= maxMachines
        && !machines.containsKey(machineId)
        && longestSilent.makeRoom(seen).isEmpty()) {
      refused.increment();
      LOG.warn(
          "too_many_machines",
          "a machine is not shown, there are too many",
          null,
          "machine",
          machineId,
          "bound",
          maxMachines);
      return null;
    }
    return machines.computeIfAbsent(machineId, id -> new CurrentMachine(id, seen));
  }

  /** Collects what a store needs. Confined to one thread. */
  public static final class Builder {
    private final ProviderContext context;
    private Duration timeToLive = Duration.ofMinutes(5);
    private int maxMachines = 10_000;

    private Builder(ProviderContext context) {
      this.context = context;
    }

    /**
     * Sets how long a sample is shown after it came, 5 minutes unless told otherwise.
     *
     * @param value 1 second to 365 days
     * @return this builder
     */
    public Builder timeToLive(Duration value) {
      timeToLive = value;
      return this;
    }

    /**
     * Sets the bound on the number of machines, 10,000 unless told otherwise.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder maxMachines(int value) {
      maxMachines = value;
      return this;
    }

    /**
     * Creates the store.
     *
     * @return the store, empty
     * @throws ConfigException where the time to live is out of range
     */
    public EmbeddedCurrentStore build() {
      if (timeToLive.compareTo(Duration.ofSeconds(1)) < 0
          || timeToLive.compareTo(Duration.ofDays(365)) > 0) {
        throw new ConfigException(
            List.of(
                "current.ttl is %s: expected 1s to 365d".formatted(Durations.format(timeToLive))));
      }
      return new EmbeddedCurrentStore(this);
    }
  }
}
