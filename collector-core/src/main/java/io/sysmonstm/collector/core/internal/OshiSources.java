package io.sysmonstm.collector.core.internal;

import io.sysmonstm.collector.core.OshiOptions;
import io.sysmonstm.spi.MetricSource;
import java.util.List;

/** Makes the sources, split by what may be slow or hang, and by how often it is worth reading. */
public final class OshiSources {
  private OshiSources() {}

  /**
   * {@return new sources}
   *
   * @param system the OSHI they share
   * @param options what to leave out
   */
  public static List<MetricSource> of(OshiSystem system, OshiOptions options) {
    var processes = ProcessTable.of(system.operatingSystem());
    return List.of(
        new CpuSource(CpuTimes.of(system)),
        new MemorySource(system),
        new FileSystemSource(system, new NameFilter(options.skippedMounts())),
        new DiskSource(system),
        new NetworkSource(system, new NameFilter(options.skippedInterfaces())),
        new ProcessSource(processes, options.topProcesses(), system.time()),
        new MachineSource(system),
        new AgentSource(processes, system.time()));
  }
}
