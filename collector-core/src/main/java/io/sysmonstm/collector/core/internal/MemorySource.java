package io.sysmonstm.collector.core.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.SampleSink;
import io.sysmonstm.spi.TimeSource;
import java.io.IOException;

/** Memory and swap. */
final class MemorySource implements RateSource {
  private final MemoryTable table;
  private final TimeSource time;
  private final CounterRate swapIn = new CounterRate();
  private final CounterRate swapOut = new CounterRate();

  MemorySource(OshiSystem system) {
    this.table = MemoryTable.of(system);
    this.time = system.time();
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void collect(SampleSink sink) throws IOException {
    var memory = table.read();
    long total = memory.total();
    long available = memory.available();
    if (total > 0 && available >= 0 && available <= total) {
      sink.add("memory_percent", 100.0 * (total - available) / total);
      sink.add("memory_used_bytes", (double) (total - available));
      sink.add("memory_available_bytes", (double) available);
      sink.add("memory_total_bytes", (double) total);
    }
    addSwap(sink, memory);
  }

  private void addSwap(SampleSink sink, MemoryTable.Memory memory) {
    long total = memory.swapTotal();
    long used = memory.swapUsed();
    if (total >= 0 && used >= 0 && used <= total) {
      sink.add("swap_total_bytes", (double) total);
      sink.add("swap_used_bytes", (double) used);
      if (total > 0) {
        sink.add("swap_percent", 100.0 * used / total);
      }
    }
    long now = time.nanoTime();
    swapIn.addTo(sink, "swap_in", Labels.empty(), memory.pagesIn(), now);
    swapOut.addTo(sink, "swap_out", Labels.empty(), memory.pagesOut(), now);
  }

  @Override
  public void close() {
    table.close();
  }
}
