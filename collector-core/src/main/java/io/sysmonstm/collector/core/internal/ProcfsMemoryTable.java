package io.sysmonstm.collector.core.internal;

import java.io.IOException;
import java.util.Arrays;
import oshi.util.linux.ProcPath;

/** Reads {@code /proc/meminfo} and {@code /proc/vmstat}, both of which have one value in a line. */
final class ProcfsMemoryTable implements MemoryTable {
  private static final String[] SIZES = {"MemTotal:", "MemAvailable:", "SwapTotal:", "SwapFree:"};
  private static final String[] PAGES = {"pswpin ", "pswpout "};

  private final ProcFile meminfo;
  private final ProcFile vmstat;

  ProcfsMemoryTable() {
    this(ProcPath.PROC);
  }

  ProcfsMemoryTable(String directory) {
    meminfo = new ProcFile(directory + "/meminfo");
    vmstat = new ProcFile(directory + "/vmstat");
  }

  @Override
  public Memory read() throws IOException {
    long[] kib = values(meminfo, SIZES);
    long[] pages = values(vmstat, PAGES);
    long swapUsed = kib[2] < 0 || kib[3] < 0 ? -1 : kib[2] - kib[3];
    return new Memory(kib[0] << 10, kib[1] << 10, kib[2] << 10, swapUsed << 10, pages[0], pages[1]);
  }

  /** The values of these lines; -1 for those that are missing. */
  private static long[] values(ProcFile file, String[] names) throws IOException {
    long[] values = new long[names.length];
    Arrays.fill(values, -1);
    file.read();
    int found = 0;
    while (found < names.length && file.nextLine()) {
      for (int i = 0; i < names.length; i++) {
        if (values[i] < 0 && file.skip(names[i])) {
          values[i] = file.number();
          found++;
          break;
        }
      }
    }
    return values;
  }

  @Override
  public void close() {
    meminfo.close();
    vmstat.close();
  }
}
