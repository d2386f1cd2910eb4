package io.sysmonstm.collector.core.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.SampleSink;
import io.sysmonstm.spi.TimeSource;
import oshi.hardware.GlobalMemory;

/** Memory and swap. */
final class MemorySource implements RateSource {
  private final GlobalMemory memory;
  private final TimeSource time;
  private final CounterRate swapIn = new CounterRate();
  private final CounterRate swapOut = new CounterRate();

  MemorySource(OshiSystem system) {
    this.memory = system.hardware().getMemory();
    this.time = system.time();
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void collect(SampleSink sink) {
    long total = memory.getTotal();
    long available = memory.getAvailable();
    if (total > 0 && available >= 0 && available <= total) {
      sink.add("memory_percent", 100.0 * (total - available) / total);
      sink.add("memory_used_bytes", (double) (total - available));
      sink.add("memory_available_bytes", (double) available);
      sink.add("memory_total_bytes", (double) total);
    }
    addSwap(sink);
  }

  private void addSwap(SampleSink sink) {
    var swap = memory.getVirtualMemory();
    long total = swap.getSwapTotal();
    long used = swap.getSwapUsed();
    if (total >= 0 && used >= 0 && used <= total) {
      sink.add("swap_total_bytes", (double) total);
      sink.add("swap_used_bytes", (double) used);
      if (total > 0) {
        sink.add("swap_percent", 100.0 * used / total);
      }
    }
    long now = time.nanoTime();
    swapIn.addTo(sink, "swap_in", Labels.empty(), swap.getSwapPagesIn(), now);
    swapOut.addTo(sink, "swap_out", Labels.empty(), swap.getSwapPagesOut(), now);
  }
}
