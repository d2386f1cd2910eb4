package io.sysmonstm.transport.grpc;

import io.grpc.Status;
import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.SelfMetrics;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/** What a server counts. Thread-safe. */
final class ServerCounters {
  private final SelfMetrics metrics;
  private final LongAdder untold;

  ServerCounters(SelfMetrics metrics, OpenStreams open) {
    this.metrics = metrics;
    untold =
        metrics.counter(
            "grpc_rejections_untold_total",
            "Refused samples that a client was not told of because it does not read.");
    metrics.gauge("grpc_streams", "Streams that are open.", Labels.empty(), open::size);
  }

  void watchConnections(IntSupplier open) {
    metrics.gauge("grpc_connections", "Connections that are open.", Labels.empty(), open::getAsInt);
  }

  void connectionRefused() {
    metrics
        .counter(
            "grpc_connections_refused_total",
            "Connections whose streams are refused because there are too many connections.")
        .increment();
  }

  void flooded() {
    metrics
        .counter("grpc_floods_total", "Connections that were ended because they flooded.")
        .increment();
  }

  void keptOut() {
    metrics
        .counter(
            "grpc_connections_kept_out_total",
            "Connections that were closed at once, since others of their network have flooded.")
        .increment();
  }

  void revoked(int streams) {
    metrics
        .counter(
            "grpc_streams_revoked_total",
            "Streams that were cut because their credential holds no more.")
        .add(streams);
  }

  LongAdder untold() {
    return untold;
  }

  void streamEnded(Status.Code code) {
    metrics
        .counter(
            "grpc_streams_ended_total",
            "Streams that ended, by how.",
            Labels.of("code", code.name()))
        .increment();
  }

  void refused(String reason, int count) {
    metrics
        .counter(
            "grpc_metrics_refused_total",
            "Single metrics that were refused before they reached the aggregator, by why.",
            Labels.of("reason", reason))
        .add(count);
  }
}
