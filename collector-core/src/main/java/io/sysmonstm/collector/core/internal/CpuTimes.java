package io.sysmonstm.collector.core.internal;

import java.io.IOException;
import oshi.hardware.CentralProcessor;

/** What the cores did since the machine was started. Confined to one thread. */
interface CpuTimes extends AutoCloseable {
  /** The times of a machine. */
  static CpuTimes of(OshiSystem system) {
    return system.isLinux()
        ? new ProcfsCpuTimes()
        : new OshiCpuTimes(system.hardware().getProcessor());
  }

  /** Reads the ticks of each core in each mode, in the order of OSHI's tick types. */
  long[][] ticks() throws IOException;

  /** Reads the load averages; negative where unknown. */
  double[] load() throws IOException;

  @Override
  void close();

  /** Read by OSHI. */
  record OshiCpuTimes(CentralProcessor processor) implements CpuTimes {
    @Override
    public long[][] ticks() {
      return processor.getProcessorCpuLoadTicks();
    }

    @Override
    public double[] load() {
      return processor.getSystemLoadAverage(3);
    }

    @Override
    public void close() {}
  }
}
