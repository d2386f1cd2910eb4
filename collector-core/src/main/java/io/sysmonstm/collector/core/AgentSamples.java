package io.sysmonstm.collector.core;

import io.sysmonstm.collector.core.internal.spool.Spool;
import io.sysmonstm.spi.TimeSource;

/** Adds what the collector knows of itself to a batch. Confined to the schedule's thread. */
final class AgentSamples {
  private final SampleBuffer samples;
  private final Spool spool;
  private final DeliveryState delivery;
  private final TimeSource time;

  AgentSamples(SampleBuffer samples, Spool spool, DeliveryState delivery, TimeSource time) {
    this.samples = samples;
    this.spool = spool;
    this.delivery = delivery;
    this.time = time;
  }

  void begin() {
    samples.open();
    samples.add("agent_spool_depth", spool.depth());
    samples.add("agent_dropped", (double) spool.droppedSamples());
    samples.add("agent_identity_conflicts", delivery.conflicts(time.nanoTime()));
    delivery
        .skew()
        .ifPresent(skew -> samples.add("agent_clock_skew_ms", (double) skew.millis(time)));
  }

  void errors(SourceRunner runner) {
    samples.add("agent_source_errors", runner.labels(), (double) runner.errors());
  }

  void duration(SourceRunner runner, Reading reading) {
    samples.add("agent_collect_ms", runner.labels(), reading.millis());
  }

  SampleBuffer end() {
    samples.close();
    return samples;
  }
}
