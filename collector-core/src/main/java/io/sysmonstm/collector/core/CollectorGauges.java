package io.sysmonstm.collector.core;

import io.sysmonstm.api.Labels;
import io.sysmonstm.collector.core.internal.spool.Spool;
import io.sysmonstm.spi.SelfMetrics;
import java.util.function.DoubleSupplier;

/** The collector's own gauges, which must not keep a stopped collector in memory. */
final class CollectorGauges {
  private final SelfMetrics metrics;

  CollectorGauges(SelfMetrics metrics) {
    this.metrics = metrics;
  }

  void show(Spool spool, DeliveryState delivery) {
    set(
        spool::depth,
        () -> (double) spool.bytes(),
        () -> (double) spool.droppedSamples(),
        () -> delivery.isConnected() ? 1 : 0);
  }

  void hide() {
    set(() -> 0, () -> 0, () -> 0, () -> 0);
  }

  private void set(
      DoubleSupplier depth, DoubleSupplier bytes, DoubleSupplier dropped, DoubleSupplier link) {
    metrics.gauge(
        "collector_spool_batches",
        "Batches not yet acknowledged as durable.",
        Labels.empty(),
        depth);
    metrics.gauge("collector_spool_bytes", "Size of the buffer.", Labels.empty(), bytes);
    metrics.gauge(
        "collector_spool_dropped_samples",
        "Samples lost to the bound of the buffer.",
        Labels.empty(),
        dropped);
    metrics.gauge(
        "collector_connected", "Whether the aggregator has welcomed it.", Labels.empty(), link);
  }
}
