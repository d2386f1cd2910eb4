package io.sysmonstm.store.redis;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.MetricsEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of one machine: the newest sample of each series, in parallel arrays.
 * Batches are merged here, so that what is written is always the whole picture, and a machine waits
 * for the writer but once however many batches came. Thread-safe; merging a batch of known series
 * allocates nothing.
 */
final class MachineMemory {
  /** Gets the samples, in the order of their slots. */
  interface SampleVisitor {
    /** Takes a sample, of the same cycle as the one before where both times are the same. */
    void sample(Series series, double value, long observedMillis, long ageMillis);
  }

  private final String machineId;
  private final String key;
  private final AtomicBoolean waiting = new AtomicBoolean();
  private volatile long writtenNanos;
  // All below is guarded by this.
  private final Map<Series, Integer> slots = new HashMap<>();
  private Series[] series = new Series[64];
  private double[] values = new double[64];
  private long[] observedMillis = new long[64];
  private long[] receivedNanos = new long[64];
  private int size;
  private @Nullable Resource resource;
  private Duration interval = Duration.ZERO;
  private Instant lastSeen = Instant.MIN;
  private List<TopProcess> processes = List.of();
  private long processesMillis = Long.MIN_VALUE;
  private long newestNanos;
  private long sweptNanos;

  MachineMemory(String machineId, long nowNanos) {
    this.machineId = machineId;
    this.key = StateKeys.machine(machineId);
    this.newestNanos = nowNanos;
    this.writtenNanos = nowNanos - Long.MAX_VALUE / 2;
    this.sweptNanos = nowNanos - Long.MAX_VALUE / 2;
  }

  String machineId() {
    return machineId;
  }

  String key() {
    return key;
  }

  /** {@return whether it has to be handed to the writer: not where it waits for it already} */
  boolean beginWaiting() {
    return waiting.compareAndSet(false, true);
  }

  void endWaiting() {
    waiting.set(false);
  }

  /** Says that it is about to be written, so that what comes from now on is written later. */
  void beginWriting(long nowNanos) {
    writtenNanos = nowNanos;
    endWaiting();
  }

  /** {@return when it was last written; long ago where it never was} */
  long writtenNanos() {
    return writtenNanos;
  }

  /** {@return whether what other processes left of it has to be looked through again} */
  synchronized boolean beginSweep(long nowNanos, long periodNanos) {
    if (nowNanos - sweptNanos <= periodNanos) {
      return false;
    }
    sweptNanos = nowNanos;
    return true;
  }

  synchronized boolean isSilent(long nowNanos, long forNanos) {
    return nowNanos - newestNanos > forNanos;
  }

  synchronized void update(MetricsEvent received, long nowNanos, long timeToLiveNanos) {
    newestNanos = nowNanos;
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
    keepProcesses(batch);
  }

  /** {@return all but the samples, which the visitor gets} Forgets the samples that expired. */
  synchronized MachineFacts read(long nowNanos, long timeToLiveNanos, SampleVisitor visitor) {
    var known = resource;
    if (known == null) {
      throw new IllegalStateException("no batch yet");
    }
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (nowNanos - receivedNanos[i] <= timeToLiveNanos) {
        move(i, kept++);
      }
    }
    forgetFrom(kept);
    for (int i = 0; i < size; i++) {
      long ageMillis = (nowNanos - receivedNanos[i]) / 1_000_000;
      visitor.sample(series[i], values[i], observedMillis[i], Math.max(0, ageMillis));
    }
    return new MachineFacts(known, interval, lastSeen, processes, processesMillis);
  }

  private void keepProcesses(Batch batch) {
    if (!batch.topProcesses().isEmpty() && batch.observedAtMillis() >= processesMillis) {
      processes = batch.topProcesses();
      processesMillis = batch.observedAtMillis();
    }
  }

  private void move(int from, int to) {
    if (from != to) {
      series[to] = series[from];
      values[to] = values[from];
      observedMillis[to] = observedMillis[from];
      receivedNanos[to] = receivedNanos[from];
    }
  }

  private void forgetFrom(int kept) {
    if (kept == size) {
      return;
    }
    Arrays.fill(series, kept, size, null);
    size = kept;
    slots.clear();
    for (int i = 0; i < size; i++) {
      slots.put(series[i], i);
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
}
