package io.sysmonstm.collector.core.internal;

import java.util.List;
import java.util.Optional;
import oshi.software.common.os.linux.LinuxOperatingSystem;
import oshi.software.os.OperatingSystem;

/**
 * The processes of the machine. On Linux one file is read of each process where OSHI reads five,
 * most of which nobody asks for; elsewhere OSHI gets them all in one call. Safe for use by several
 * threads.
 */
interface ProcessTable {
  /** The table of an operating system. */
  static ProcessTable of(OperatingSystem system) {
    return system instanceof LinuxOperatingSystem linux
        ? new ProcfsProcessTable(linux.getHz(), linux.getPageSize())
        : new OshiProcessTable(system);
  }

  /** All processes that can be seen. */
  List<ProcessReading> readAll();

  /** The process that this runs in. */
  Optional<ProcessReading> readSelf();

  /** The user that a process runs as, empty text where unknown. */
  String user(int pid);
}
