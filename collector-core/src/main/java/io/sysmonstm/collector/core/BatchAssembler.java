package io.sysmonstm.collector.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.collector.core.internal.spool.Spool;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Makes one batch of what the sources of a cycle read, and spools it. Confined to the schedule's
 * thread.
 */
final class BatchAssembler {
  private static final EventLog LOG = EventLog.of(BatchAssembler.class);

  private final String machineId;
  private final int maxSamples;
  private final AgentSamples agent;
  private final Spool spool;
  private final Delivery delivery;
  private final TimeSource time;
  private final LongAdder collected;
  private final LongAdder refusedSamples;
  private final BitSet seen = new BitSet();

  BatchAssembler(
      String machineId,
      int maxSamples,
      AgentSamples agent,
      DeliveryParts parts,
      Delivery delivery) {
    this.machineId = machineId;
    this.maxSamples = maxSamples;
    this.agent = agent;
    this.spool = parts.spool();
    this.delivery = delivery;
    this.time = parts.time();
    SelfMetrics metrics = parts.metrics();
    this.collected =
        metrics.counter("collector_batches_collected_total", "Cycles that made a batch.");
    this.refusedSamples =
        metrics.counter(
            "collector_samples_refused_total",
            "Samples of sources that were not taken: a bad name, label or value, one series twice, or too many.");
  }

  void assemble(List<SourceRunner> due, Instant observedAt) {
    var buffers = new ArrayList<SampleBuffer>(due.size() + 1);
    delivery.catchUp();
    agent.begin();
    for (var runner : due) {
      var reading = runner.finish();
      reading.ifPresent(
          done -> {
            agent.duration(runner, done);
            buffers.add(done.samples());
          });
      agent.errors(runner);
    }
    buffers.addFirst(agent.end());
    spool.append(batch(buffers, observedAt), time.nanoTime());
    collected.increment();
    delivery.spooled();
    spool.tend();
  }

  private Batch batch(List<SampleBuffer> buffers, Instant observedAt) {
    int room = 0;
    for (var buffer : buffers) {
      room += buffer.size();
    }
    room = Math.min(room, Math.min(maxSamples, delivery.state().maxBatchSamples()));
    var series = new Series[room];
    var values = new double[room];
    int size = 0;
    long refused = 0;
    List<TopProcess> processes = List.of();
    seen.clear();
    for (var buffer : buffers) {
      refused += buffer.refused();
      processes = buffer.topProcesses().isEmpty() ? processes : buffer.topProcesses();
      for (int i = 0; i < buffer.size(); i++) {
        var one = buffer.series(i);
        if (size == room || seen.get(one.index())) {
          refused++;
        } else {
          seen.set(one.index());
          series[size] = one;
          values[size++] = buffer.value(i);
        }
      }
    }
    report(refused);
    if (size < room) {
      series = java.util.Arrays.copyOf(series, size);
      values = java.util.Arrays.copyOf(values, size);
    }
    var id = spool.next();
    return new Batch(
        machineId,
        id.epoch(),
        id.seq(),
        observedAt.toEpochMilli(),
        series,
        values,
        processes,
        false);
  }

  private void report(long refused) {
    if (refused > 0) {
      refusedSamples.add(refused);
      LOG.warn(
          "samples_refused",
          "Sources added samples that cannot be taken: a bad name, label or value, or too many.",
          null,
          "count",
          refused);
    }
  }
}
