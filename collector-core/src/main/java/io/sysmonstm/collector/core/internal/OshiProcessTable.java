package io.sysmonstm.collector.core.internal;

import java.util.List;
import java.util.Optional;
import oshi.software.os.OSProcess;
import oshi.software.os.OperatingSystem;
import oshi.software.os.OperatingSystem.ProcessFiltering;

/** Reads processes by OSHI. */
final class OshiProcessTable implements ProcessTable {
  private final OperatingSystem system;

  OshiProcessTable(OperatingSystem system) {
    this.system = system;
  }

  @Override
  public List<ProcessReading> readAll() {
    return system.getProcesses(ProcessFiltering.VALID_PROCESS, null, 0).stream()
        .map(OshiProcessTable::reading)
        .toList();
  }

  @Override
  public Optional<ProcessReading> readSelf() {
    return Optional.of(reading(system.getCurrentProcess()));
  }

  @Override
  public String user(int pid) {
    var process = system.getProcess(pid);
    return process == null ? "" : process.getUser();
  }

  private static ProcessReading reading(OSProcess process) {
    return new ProcessReading(
        process.getProcessID(),
        process.getStartTime(),
        process.getName(),
        process.getKernelTime() + process.getUserTime(),
        process.getResidentMemory(),
        process.getThreadCount());
  }
}
