package io.sysmonstm.collector.core.internal;

import java.io.IOException;
import java.util.Arrays;
import oshi.hardware.CentralProcessor.TickType;
import oshi.util.linux.ProcPath;

/** Reads what the cores did from {@code /proc/stat} and {@code /proc/loadavg}. */
final class ProcfsCpuTimes implements CpuTimes {
  private static final int MODES = TickType.values().length;
  private static final int MAX_CORES = 8_192;

  private final ProcFile stat;
  private final ProcFile loadavg;

  ProcfsCpuTimes() {
    this(ProcPath.PROC);
  }

  ProcfsCpuTimes(String directory) {
    stat = new ProcFile(directory + "/stat");
    loadavg = new ProcFile(directory + "/loadavg");
  }

  /** A core that is switched off is not in the file; it has no ticks. */
  @Override
  public long[][] ticks() throws IOException {
    stat.read();
    var ticks = new long[0][];
    while (stat.nextLine() && stat.skip("cpu")) {
      // The first line is that of all cores, and has a blank in place of the number.
      long core = stat.skip(" ") ? -1 : stat.number();
      if (core >= 0 && core < MAX_CORES) {
        ticks = withRoomFor((int) core, ticks);
        readModes(ticks[(int) core]);
      }
    }
    return ticks;
  }

  private static long[][] withRoomFor(int core, long[][] ticks) {
    if (core < ticks.length) {
      return ticks;
    }
    var longer = Arrays.copyOf(ticks, core + 1);
    for (int added = ticks.length; added <= core; added++) {
      longer[added] = new long[MODES];
    }
    return longer;
  }

  private void readModes(long[] modes) {
    for (int mode = 0; mode < modes.length; mode++) {
      // Old kernels tell fewer.
      modes[mode] = Math.max(0, stat.number());
    }
  }

  @Override
  public double[] load() throws IOException {
    loadavg.read();
    loadavg.nextLine();
    return new double[] {loadavg.hundredths(), loadavg.hundredths(), loadavg.hundredths()};
  }

  @Override
  public void close() {
    stat.close();
    loadavg.close();
  }
}
