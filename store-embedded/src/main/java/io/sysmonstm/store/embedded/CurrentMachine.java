package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.MetricsEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest sample of each series of one machine, in parallel arrays with a slot for each series.
 * Thread-safe: a batch is merged, and a state copied, under one short lock. Batches name their
 * series in about the same order each time, so that the slot after the last one is nearly always
 * the right one, and the map is seldom asked.
 */
final class CurrentMachine {
  private final String machineId;
  // All below is guarded by this.
  private final Map<Series, Integer> slots = new HashMap<>();
  private Series[] series = new Series[64];
  private double[] values = new double[64];
  private long[] observedMillis = new long[64];
  private long[] receivedNanos = new long[64];
  private int size;
  private @Nullable Resource resource;
  private Duration interval = Duration.ZERO;
  private Instant lastSeen;
  private List<TopProcess> processes = List.of();
  private long processesMillis = Long.MIN_VALUE;
  private long processesNanos;

  /** Creates one of which is known when it was seen, and nothing else yet. */
  CurrentMachine(String machineId, Instant seen) {
    this.machineId = machineId;
    this.lastSeen = seen;
  }

  /**
   * Takes in what was known of it before the start, where nothing was heard since. Where the clock
   * was ahead then, it was seen now: a time yet to come would outdo whatever is heard until then.
   */
  synchronized void recall(KnownMachine known, Instant now) {
    if (resource == null) {
      resource = known.resource();
      interval = known.interval();
      lastSeen = known.lastSeen().isAfter(now) ? now : known.lastSeen();
    }
  }

  /** Returns what is to be known of it after a restart; empty before the first batch. */
  synchronized Optional<KnownMachine> known() {
    return Optional.ofNullable(resource)
        .map(described -> new KnownMachine(machineId, described, interval, lastSeen));
  }

  synchronized Instant lastSeen() {
    return lastSeen;
  }

  synchronized void update(MetricsEvent received, long nowNanos, long timeToLiveNanos) {
    resource = received.resource();
    interval = received.interval();
    if (received.receivedAt().isAfter(lastSeen)) {
      lastSeen = received.receivedAt();
    }
    var batch = received.batch();
    long observed = batch.observedAtMillis();
    int guess = 0;
    for (int i = 0; i < batch.size(); i++) {
      int slot = slot(batch.series(i), guess);
      guess = slot + 1;
      if (observed >= observedMillis[slot] || nowNanos - receivedNanos[slot] > timeToLiveNanos) {
        values[slot] = batch.value(i);
        observedMillis[slot] = observed;
        receivedNanos[slot] = nowNanos;
      }
    }
    updateProcesses(batch, nowNanos, timeToLiveNanos);
  }

  /**
   * Returns the state, with the samples that came no earlier than given; empty before the first
   * batch.
   */
  synchronized Optional<MachineState> state(long oldestNanos) {
    if (resource == null) {
      return Optional.empty();
    }
    var samples = new ArrayList<Sample>(size);
    for (int i = 0; i < size; i++) {
      if (receivedNanos[i] - oldestNanos >= 0) {
        samples.add(
            new Sample(
                series[i].metric().name(),
                series[i].labels(),
                Instant.ofEpochMilli(observedMillis[i]),
                values[i]));
      }
    }
    return Optional.of(
        new MachineState(machineId, resource, lastSeen, interval, samples, processes));
  }

  synchronized int slots() {
    return series.length;
  }

  private void updateProcesses(Batch batch, long nowNanos, long timeToLiveNanos) {
    if (!batch.topProcesses().isEmpty()
        && (batch.observedAtMillis() >= processesMillis
            || nowNanos - processesNanos > timeToLiveNanos)) {
      processes = batch.topProcesses();
      processesMillis = batch.observedAtMillis();
      processesNanos = nowNanos;
    }
  }

  private int slot(Series wanted, int guess) {
    if (guess < size && series[guess] == wanted) {
      return guess;
    }
    var known = slots.get(wanted);
    return known != null ? known : addSlot(wanted);
  }

  private int addSlot(Series added) {
    if (size == series.length) {
      dropForgotten();
    }
    if (size == series.length) {
      series = Arrays.copyOf(series, size * 2);
      values = Arrays.copyOf(values, size * 2);
      observedMillis = Arrays.copyOf(observedMillis, size * 2);
      receivedNanos = Arrays.copyOf(receivedNanos, size * 2);
    }
    series[size] = added;
    observedMillis[size] = Long.MIN_VALUE;
    slots.put(added, size);
    return size++;
  }

  // Their samples expired long ago.
  private void dropForgotten() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (!series[i].isForgotten()) {
        series[kept] = series[i];
        values[kept] = values[i];
        observedMillis[kept] = observedMillis[i];
        receivedNanos[kept++] = receivedNanos[i];
      }
    }
    if (kept < size) {
      size = kept;
      slots.clear();
      for (int i = 0; i < size; i++) {
        slots.put(series[i], i);
      }
    }
  }
}
