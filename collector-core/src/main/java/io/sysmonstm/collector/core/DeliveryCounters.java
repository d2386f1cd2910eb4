package io.sysmonstm.collector.core;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.spi.SelfMetrics;
import java.util.concurrent.atomic.LongAdder;

/** What the delivery counts. */
record DeliveryCounters(
    SelfMetrics metrics, LongAdder attempts, LongAdder sent, LongAdder durable, LongAdder shown) {
  static DeliveryCounters of(SelfMetrics metrics) {
    return new DeliveryCounters(
        metrics,
        metrics.counter("collector_connect_attempts_total", "Streams that were opened."),
        metrics.counter("collector_batches_sent_total", "Batches sent, repeated ones too."),
        acknowledged(metrics, "durable"),
        acknowledged(metrics, "volatile"));
  }

  private static LongAdder acknowledged(SelfMetrics metrics, String durability) {
    return metrics.counter(
        "collector_batches_acknowledged_total",
        "Batches acknowledged: durable, or volatile and so to be sent again.",
        Labels.of("durability", durability));
  }

  LongAdder rejected(Rejection.Reason reason) {
    return metrics.counter(
        "collector_samples_rejected_total",
        "Samples that the aggregator refused.",
        Labels.of("reason", reason.name()));
  }
}
