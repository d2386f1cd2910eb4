package io.sysmonstm.testkit;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.MetricsEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Makes batches for tests. Confined to one thread. */
public final class BatchBuilder {
  /** The epoch of batches that are given no other. */
  public static final UUID EPOCH = new UUID(1, 1);

  private final SeriesRegistry registry;
  private final String machineId;
  private final long seq;
  private final Instant observedAt;
  private final List<Series> series = new ArrayList<>();
  private final List<Double> values = new ArrayList<>();
  private List<TopProcess> processes = List.of();
  private UUID epoch = EPOCH;
  private boolean replay;

  /**
   * Starts a batch.
   *
   * @param registry where its series are interned
   * @param machineId the machine
   * @param seq its number, 1 or more
   * @param observedAt when it was collected
   */
  public BatchBuilder(SeriesRegistry registry, String machineId, long seq, Instant observedAt) {
    this.registry = registry;
    this.machineId = machineId;
    this.seq = seq;
    this.observedAt = observedAt;
  }

  /**
   * Adds a sample.
   *
   * @param metric the metric's name
   * @param labels the labels
   * @param value the value
   * @return this builder
   */
  public BatchBuilder sample(String metric, Labels labels, double value) {
    series.add(registry.intern(machineId, metric, labels).orElseThrow());
    values.add(value);
    return this;
  }

  /**
   * Adds a sample of a series without labels.
   *
   * @param metric the metric's name
   * @param value the value
   * @return this builder
   */
  public BatchBuilder sample(String metric, double value) {
    return sample(metric, Labels.empty(), value);
  }

  /**
   * Sets the epoch.
   *
   * @param value another than {@link #EPOCH}
   * @return this builder
   */
  public BatchBuilder epoch(UUID value) {
    epoch = value;
    return this;
  }

  /**
   * Sets the top processes.
   *
   * @param value the processes
   * @return this builder
   */
  public BatchBuilder processes(TopProcess... value) {
    processes = List.of(value);
    return this;
  }

  /**
   * Makes it a replay.
   *
   * @return this builder
   */
  public BatchBuilder replay() {
    replay = true;
    return this;
  }

  /** {@return the batch} */
  public Batch build() {
    return new Batch(
        machineId,
        epoch,
        seq,
        observedAt.toEpochMilli(),
        series.toArray(Series[]::new),
        values.stream().mapToDouble(Double::doubleValue).toArray(),
        processes,
        replay);
  }

  /**
   * {@return the batch as an event, received when it was collected, of a machine that collects each
   * 5 s}
   */
  public MetricsEvent event() {
    return new MetricsEvent(
        build(), Resource.builder("host-" + machineId).build(), Duration.ofSeconds(5), observedAt);
  }
}
