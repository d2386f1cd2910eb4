package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.spi.SelfMetrics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the aggregator counts of itself. Thread-safe. */
final class Counters {
  final LongAdder batches;
  final LongAdder samples;
  final LongAdder duplicates;
  final LongAdder replays;
  final LongAdder spoolDropped;
  final LongAdder committedUnknown;
  final LongAdder takeovers;
  final LongAdder identityConflicts;
  final LongAdder correctedBatches;
  final LongAdder flushes;
  final LongAdder flushedSamples;
  final LongAdder flushMicros;
  final LongAdder refusedByHistory;
  final LongAdder volatileBatches;
  final LongAdder droppedBatches;
  final LongAdder droppedSamples;
  final LongAdder pauses;
  final LongAdder replyFailures;
  private final Map<Rejection.Reason, LongAdder> rejectedSamples =
      new EnumMap<>(Rejection.Reason.class);
  private final Map<Rejection.Reason, LongAdder> refusedSeries =
      new EnumMap<>(Rejection.Reason.class);

  Counters(SelfMetrics metrics) {
    batches = metrics.counter("aggregator_batches_total", "Batches that came in.");
    samples = metrics.counter("aggregator_samples_total", "Samples that came in and were taken.");
    duplicates =
        metrics.counter("aggregator_duplicate_batches_total", "Batches that had come before.");
    replays = metrics.counter("aggregator_replayed_batches_total", "Batches for history only.");
    spoolDropped =
        metrics.counter(
            "aggregator_spool_dropped_samples_total", "Samples that collectors say they lost.");
    committedUnknown =
        metrics.counter(
            "aggregator_committed_unknown_total",
            "Streams that began while history could not say what it has.");
    takeovers =
        metrics.counter(
            "aggregator_takeovers_total",
            "Streams that ended because another process spoke for their machine.");
    identityConflicts =
        metrics.counter(
            "aggregator_identity_conflicts_total",
            "Takeovers so frequent that two processes must have the identity of one machine.");
    correctedBatches =
        metrics.counter(
            "aggregator_clock_offset_batches_total",
            "Batches whose time was corrected by the offset of their machine's clock.");
    flushes = metrics.counter("aggregator_flushes_total", "Writes to history that were committed.");
    flushedSamples =
        metrics.counter("aggregator_flushed_samples_total", "Samples of the committed writes.");
    flushMicros =
        metrics.counter(
            "aggregator_flush_microseconds_total", "Time that the committed writes took.");
    refusedByHistory =
        metrics.counter(
            "aggregator_refused_batches_total", "Batches that history refused for their content.");
    volatileBatches =
        metrics.counter(
            "aggregator_volatile_batches_total", "Batches acknowledged before history had them.");
    droppedBatches =
        metrics.counter(
            "aggregator_dropped_batches_total",
            "Batches that left memory before history had them; their collectors keep them.");
    droppedSamples =
        metrics.counter("aggregator_dropped_samples_total", "Samples of the dropped batches.");
    pauses = metrics.counter("aggregator_pauses_total", "Times a stream was told to wait.");
    replyFailures =
        metrics.counter("aggregator_reply_failures_total", "Acknowledgements that failed.");
    for (var reason : Rejection.Reason.values()) {
      var labels = Labels.of("reason", reason.name());
      rejectedSamples.put(
          reason, metrics.counter("aggregator_rejected_samples_total", "Samples refused.", labels));
      refusedSeries.put(
          reason, metrics.counter("aggregator_refused_series_total", "Series refused.", labels));
    }
  }

  void rejected(List<Rejection> rejections) {
    for (int i = 0; i < rejections.size(); i++) {
      var rejection = rejections.get(i);
      of(rejectedSamples, rejection.reason()).add(rejection.count());
    }
  }

  void refusedSeries(Rejection.Reason reason) {
    of(refusedSeries, reason).increment();
  }

  private static LongAdder of(Map<Rejection.Reason, LongAdder> counters, Rejection.Reason reason) {
    var counter = counters.get(reason);
    if (counter == null) {
      throw new IllegalArgumentException("reason " + reason);
    }
    return counter;
  }
}
