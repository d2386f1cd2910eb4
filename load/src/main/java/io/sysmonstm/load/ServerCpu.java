package io.sysmonstm.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** CPU time and memory of processes with all their children, from {@code /proc}; needs Linux. */
public final class ServerCpu {
  // Linux counts in hundredths of a second for every program, whatever the kernel's own tick.
  private static final long TICK_NANOS = 10_000_000;
  private static final int UTIME = 11;
  private static final int CSTIME = 14;

  private ServerCpu() {}

  /**
   * Returns the CPU time of a process, of its living descendants, and of its ended children.
   *
   * @param pid the process
   */
  public static Duration of(long pid) {
    return ProcessHandle.of(pid).stream()
        .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
        .map(ServerCpu::own)
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static Duration own(ProcessHandle process) {
    try {
      var stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      // The name, in parentheses, may hold anything; the fields after it are numbers.
      var fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
      long ticks = fields.subList(UTIME, CSTIME + 1).stream().mapToLong(Long::parseLong).sum();
      return Duration.ofNanos(ticks * TICK_NANOS);
    } catch (IOException ended) {
      return Duration.ZERO;
    }
  }

  /**
   * Returns the resident memory of a process in bytes, 0 where it has ended.
   *
   * @param pid the process
   */
  public static long residentBytes(long pid) {
    try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException ended) {
      return 0;
    }
  }
}
