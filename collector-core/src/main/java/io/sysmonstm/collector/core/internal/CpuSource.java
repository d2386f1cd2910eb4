package io.sysmonstm.collector.core.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.SampleSink;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import oshi.hardware.CentralProcessor.TickType;

/**
 * CPU time of all cores, of each, and by mode, and the load averages. All from one reading of the
 * ticks of each core, so that the figures fit together; idle is what waits for input or output too.
 */
final class CpuSource implements RateSource {
  private static final int MAX_CORES = 256;
  private static final TickType[] MODES = TickType.values();
  private static final Labels[] MODE_LABELS =
      Arrays.stream(MODES).map(CpuSource::modeLabel).toArray(Labels[]::new);

  private final CpuTimes times;
  private final Labels[] coreLabels;
  private long[][] last = new long[0][];

  CpuSource(CpuTimes times) {
    this.times = times;
    this.coreLabels =
        IntStream.range(0, MAX_CORES)
            .mapToObj(core -> Labels.of("core", Integer.toString(core)))
            .toArray(Labels[]::new);
  }

  private static Labels modeLabel(TickType mode) {
    return Labels.of(
        "mode",
        switch (mode) {
          case USER -> "user";
          case NICE -> "nice";
          case SYSTEM -> "system";
          case IDLE -> "idle";
          case IOWAIT -> "iowait";
          case IRQ -> "interrupt";
          case SOFTIRQ -> "softirq";
          case STEAL -> "steal";
        });
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public void collect(SampleSink sink) throws IOException {
    long[][] ticks = times.ticks();
    if (ticks.length == last.length) {
      addPercents(sink, ticks);
    }
    last = ticks;
    addLoad(sink);
  }

  private void addPercents(SampleSink sink, long[][] ticks) {
    long[] all = new long[MODES.length];
    for (int core = 0; core < ticks.length; core++) {
      long[] spent = spent(last[core], ticks[core]);
      for (int mode = 0; mode < all.length; mode++) {
        all[mode] += spent[mode];
      }
      long total = sum(spent);
      if (core < MAX_CORES && total > 0) {
        sink.add("cpu_percent_per_core", coreLabels[core], percent(total - idle(spent), total));
      }
    }
    long total = sum(all);
    if (total > 0) {
      sink.add("cpu_percent", percent(total - idle(all), total));
      for (int mode = 0; mode < all.length; mode++) {
        sink.add("cpu_mode_percent", MODE_LABELS[mode], percent(all[mode], total));
      }
    }
  }

  /**
   * The ticks between two readings; a mode that went backwards, as I/O wait does at times, spent
   * none.
   */
  private static long[] spent(long[] before, long[] after) {
    long[] spent = new long[MODES.length];
    for (int mode = 0; mode < spent.length; mode++) {
      spent[mode] = Math.max(0, after[mode] - before[mode]);
    }
    return spent;
  }

  private static long sum(long[] ticks) {
    long sum = 0;
    for (long one : ticks) {
      sum += one;
    }
    return sum;
  }

  private static long idle(long[] spent) {
    return spent[TickType.IDLE.getIndex()] + spent[TickType.IOWAIT.getIndex()];
  }

  private static double percent(long part, long total) {
    return 100.0 * part / total;
  }

  private void addLoad(SampleSink sink) throws IOException {
    double[] load = times.load();
    var names = List.of("load_avg_1m", "load_avg_5m", "load_avg_15m");
    for (int i = 0; i < Math.min(load.length, names.size()); i++) {
      if (load[i] >= 0) {
        sink.add(names.get(i), load[i]);
      }
    }
  }

  @Override
  public void close() {
    times.close();
  }
}
