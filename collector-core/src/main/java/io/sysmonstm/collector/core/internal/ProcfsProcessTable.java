package io.sysmonstm.collector.core.internal;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import oshi.util.linux.ProcPath;

/** Reads processes from {@code /proc/<pid>/stat}. */
final class ProcfsProcessTable implements ProcessTable {
  private static final int MAX_LINE = 1_024;

  private final File directory = new File(ProcPath.PROC);
  private final ProcStatLine format;

  ProcfsProcessTable(long ticksPerSecond, long pageBytes) {
    this.format = new ProcStatLine(ticksPerSecond, pageBytes);
  }

  @Override
  public List<ProcessReading> readAll() {
    String[] names = directory.list();
    var readings = new ArrayList<ProcessReading>();
    byte[] line = new byte[MAX_LINE];
    for (String name : names == null ? new String[0] : names) {
      if (Character.isDigit(name.charAt(0))) {
        read(name, line).ifPresent(readings::add);
      }
    }
    return readings;
  }

  @Override
  public Optional<ProcessReading> readSelf() {
    return read("self", new byte[MAX_LINE]);
  }

  private Optional<ProcessReading> read(String process, byte[] line) {
    try (var stat = new FileInputStream(directory.getPath() + "/" + process + "/stat")) {
      // The kernel gives the whole line at once.
      return format.parse(line, stat.read(line));
    } catch (IOException ended) {
      return Optional.empty();
    }
  }

  @Override
  public String user(int pid) {
    try {
      return Files.getOwner(Path.of(directory.getPath(), Integer.toString(pid))).getName();
    } catch (IOException ended) {
      return "";
    }
  }
}
