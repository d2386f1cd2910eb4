package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.MachineView;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The merged state of one machine: of each series the newest sample by sample time. Guarded by
 * {@link LiveView}.
 */
final class LiveMachine {
  private static final Duration SERIES_OUTLIVE = Duration.ofMinutes(5);
  private static final int MAX_SERIES = 2_000;
  // History does not know intervals. Rather show a dead machine as up for a minute than all as
  // down.
  private static final Duration ASSUMED_INTERVAL = Duration.ofSeconds(20);

  // As long as anybody cares to know; a longer silence would not fit a count of nanoseconds.
  private static final Duration LONGEST_SILENCE = Duration.ofDays(365);

  private record Key(String metric, Labels labels) {}

  private final String id;
  private Resource resource;
  private Duration interval;
  private boolean described;
  private Instant lastSeen;
  private long heardNanos;
  private MachineStatus status = MachineStatus.UP;
  private @Nullable Instant statusSince;
  private Instant newest = Instant.MIN;
  private Instant processesFrom = Instant.MIN;
  private final Map<Key, Sample> samples = new LinkedHashMap<>();
  private List<TopProcess> processes = List.of();
  private final TreeSet<String> openAlerts = new TreeSet<>();
  private byte @Nullable [] json;

  /** Creates one of which nothing but the name is known yet. */
  LiveMachine(String id) {
    this.id = id;
    this.resource = Resource.builder(id).build();
    this.interval = ASSUMED_INTERVAL;
    this.lastSeen = Instant.MIN;
  }

  /** {@return how long ago something was seen, none where that is yet to come} */
  static Duration silence(Instant seen, Instant now) {
    var silence = Duration.between(seen, now);
    if (silence.isNegative()) {
      return Duration.ZERO;
    }
    return silence.compareTo(LONGEST_SILENCE) > 0 ? LONGEST_SILENCE : silence;
  }

  /**
   * Takes note that the machine was heard from; what is older than what is known already does not
   * count.
   *
   * @param seen when a batch was received, by the receiver's clock
   * @param nanos when that was, by our own monotonic clock
   * @return whether it was known already, and is something else now
   */
  boolean heard(Instant seen, long nanos, Resource description, Duration every) {
    boolean another = false;
    if (seen.isAfter(lastSeen) || !described) {
      another = isKnown() && !resource.equals(description);
      resource = description;
      interval = every;
      described = true;
      json = null;
    }
    seen(seen, nanos);
    return another;
  }

  private boolean isKnown() {
    return !lastSeen.equals(Instant.MIN);
  }

  /** {@return when it was last heard from, by the receiver's clock} */
  Instant lastSeen() {
    return lastSeen;
  }

  /** Takes note of a sign of life that says nothing of what the machine is. */
  void seen(Instant seen, long nanos) {
    if (seen.isAfter(lastSeen)) {
      lastSeen = seen;
      heardNanos = nanos;
      json = null;
    }
  }

  /** {@return whether a batch changed anything} */
  boolean merge(Batch batch) {
    var observedAt = batch.observedAt();
    boolean changed = false;
    for (int i = 0; i < batch.size(); i++) {
      var series = batch.series(i);
      changed |=
          put(new Sample(series.metric().name(), series.labels(), observedAt, batch.value(i)));
    }
    return mergeProcesses(observedAt, batch.topProcesses()) || changed;
  }

  /** {@return whether the state in a store changed anything} */
  boolean merge(MachineState state) {
    boolean changed = merge(state.samples());
    return mergeProcesses(newest, state.processes()) || changed;
  }

  /** {@return whether samples changed anything} */
  boolean merge(List<Sample> more) {
    boolean changed = false;
    for (var sample : more) {
      changed |= put(sample);
    }
    return changed;
  }

  private boolean put(Sample sample) {
    var key = new Key(sample.metric(), sample.labels());
    var known = samples.get(key);
    if (known == null ? samples.size() >= MAX_SERIES : !isNewer(sample, known)) {
      return false;
    }
    samples.put(key, sample);
    if (sample.observedAt().isAfter(newest)) {
      newest = sample.observedAt();
    }
    json = null;
    return true;
  }

  private static boolean isNewer(Sample sample, Sample known) {
    return sample.observedAt().isAfter(known.observedAt());
  }

  private boolean mergeProcesses(Instant observedAt, List<TopProcess> top) {
    if (top.isEmpty() || !observedAt.isAfter(processesFrom)) {
      return false;
    }
    processes = top;
    processesFrom = observedAt;
    json = null;
    return true;
  }

  /**
   * Forgets the series that others have left behind: a disk that is gone, a core that was taken
   * away.
   */
  void expire() {
    if (!samples.isEmpty()) {
      var oldest = newest.minus(SERIES_OUTLIVE);
      if (samples.values().removeIf(sample -> sample.observedAt().isBefore(oldest))) {
        json = null;
      }
    }
  }

  /**
   * {@return whether the status is another than before}
   *
   * @param wall what time it is
   */
  boolean judge(long nowNanos, Instant wall) {
    var now = MachineStatus.of(silence(nowNanos), interval);
    boolean changed = now != status;
    if (changed) {
      status = now;
      // One that fell silent has been so since it was last heard from, whenever that was noticed.
      statusSince = now == MachineStatus.UP ? wall : lastSeen;
      json = null;
    }
    return changed;
  }

  Duration silence(long nowNanos) {
    return Duration.ofNanos(Math.max(0, nowNanos - heardNanos));
  }

  /** Opens or closes an alert. */
  void alert(String alertId, boolean open) {
    if (open ? openAlerts.add(alertId) : openAlerts.remove(alertId)) {
      json = null;
    }
  }

  String id() {
    return id;
  }

  MachineStatus status() {
    return status;
  }

  /** {@return since when the status is what it is, empty where this process has seen no change} */
  Optional<Instant> statusSince() {
    return Optional.ofNullable(statusSince);
  }

  Duration interval() {
    return interval;
  }

  /** {@return the time of the newest sample} */
  Instant newest() {
    return newest;
  }

  List<String> openAlerts() {
    return List.copyOf(openAlerts);
  }

  MachineState state() {
    return new MachineState(
        id, resource, lastSeen, interval, List.copyOf(samples.values()), processes);
  }

  MachineView view() {
    return new MachineView(state(), status, statusSince(), openAlerts());
  }

  /** {@return the Machine of the API in JSON, made when something changed since the last call} */
  byte[] json() {
    var bytes = json;
    if (bytes == null) {
      bytes =
          Json.bytes(
              generator ->
                  MachineView.machine(generator, state(), status, statusSince(), openAlerts));
      json = bytes;
    }
    return bytes;
  }
}
