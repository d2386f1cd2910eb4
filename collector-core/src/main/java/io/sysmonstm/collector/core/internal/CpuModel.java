package io.sysmonstm.collector.core.internal;

import java.util.List;
import java.util.Optional;
import oshi.util.FileUtil;
import oshi.util.linux.ProcPath;

/**
 * What the processor calls itself. OSHI's answer comes with much that nobody asks for here, the
 * clock rate for one, for which it runs {@code lshw}, {@code dmidecode} and {@code cpuid}: seconds
 * on some servers.
 */
final class CpuModel {
  private static final String KEY = "model name";

  private CpuModel() {}

  static String of(OshiSystem system) {
    return (system.isLinux()
            ? parse(FileUtil.readFile(ProcPath.CPUINFO))
            : Optional.<String>empty())
        // Those of ARM do not say.
        .orElseGet(
            () -> system.hardware().getProcessor().getProcessorIdentifier().getName().strip());
  }

  /** Reads what {@code /proc/cpuinfo} says: a key, a colon and a value on each line. */
  static Optional<String> parse(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(KEY) && line.indexOf(':') > 0)
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .filter(name -> !name.isEmpty())
        .findFirst();
  }
}
