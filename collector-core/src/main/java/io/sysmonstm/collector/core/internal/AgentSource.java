package io.sysmonstm.collector.core.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.SampleSink;
import io.sysmonstm.spi.TimeSource;

/** CPU and memory of the process that collects. */
final class AgentSource implements RateSource {
  private final ProcessTable table;
  private final TimeSource time;
  private final CounterRate cpuMillis = new CounterRate();

  AgentSource(ProcessTable table, TimeSource time) {
    this.table = table;
    this.time = time;
  }

  @Override
  public String name() {
    return "agent";
  }

  @Override
  public void collect(SampleSink sink) {
    var self = table.readSelf();
    long now = time.nanoTime();
    self.ifPresent(
        process -> {
          sink.add("agent_rss_bytes", (double) process.rssBytes());
          if (cpuMillis.update(process.cpuMillis(), now)) {
            sink.add("agent_cpu_percent", Labels.empty(), cpuMillis.perSecond() / 10);
          }
        });
  }
}
