package io.sysmonstm.load;

import io.sysmonstm.transport.grpc.v1.Process;
import io.sysmonstm.transport.grpc.v1.Resource;
import io.sysmonstm.transport.grpc.v1.SeriesDeclaration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a machine of a {@link MixedFleet} is and how it fares.
 *
 * @param machineId its id
 * @param resource what it is made of
 * @param series what it sends
 * @param processes its busiest processes
 */
public record MachineProfile(
    String machineId, Resource resource, List<Series> series, List<Process> processes) {

  /**
   * One series, whose value swings about a level.
   *
   * @param metric its metric
   * @param labels its labels
   * @param level the mean
   * @param swing how far it goes from there, to either side
   * @param periodMillis how long a swing takes, in milliseconds
   */
  public record Series(
      String metric, Map<String, String> labels, double level, double swing, long periodMillis) {
    SeriesDeclaration declaration(int id) {
      return SeriesDeclaration.newBuilder()
          .setId(id)
          .setMetric(metric)
          .putAllLabels(labels)
          .build();
    }

    // Two waves, so that it does not look like one.
    double value(long nowMillis) {
      double turn = 2 * Math.PI * nowMillis / periodMillis + level;
      return level + swing * (0.65 * Math.sin(turn) + 0.35 * Math.sin(turn * 7.3));
    }
  }

  private record Kind(
      String name, String system, int cpus, double cpu, double memory, String process) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("web", "Debian GNU/Linux", 8, 34, 48, "nginx"),
          new Kind("api", "Debian GNU/Linux", 16, 52, 66, "java"),
          new Kind("db", "Ubuntu", 32, 41, 82, "postgres"),
          new Kind("cache", "Alpine Linux", 4, 12, 71, "redis-server"),
          new Kind("build", "Fedora Linux", 24, 78, 59, "javac"),
          new Kind("office", "Windows 11", 8, 9, 38, "explorer.exe"));
  private static final List<String> SITES = List.of("berlin", "oslo", "lyon");
  private static final List<String> LEVELS = List.of("production", "production", "staging");
  private static final long GIB = 1L << 30;
  private static final long MEGABYTE = 1_000_000;

  /**
   * Returns machines as a company has them: of six kinds, at three sites.
   *
   * @param count how many
   */
  public static List<MachineProfile> likely(int count) {
    return IntStream.range(0, count).mapToObj(MachineProfile::numbered).toList();
  }

  private static MachineProfile numbered(int number) {
    var kind = KINDS.get(number % KINDS.size());
    var id = "%s-%d".formatted(kind.name, number / KINDS.size() + 1);
    var resource =
        Resource.newBuilder()
            .setHostname(id + ".example.net")
            .setOs(kind.system)
            .setArch("amd64")
            .setCpuModel("EPYC 7543")
            .setLogicalCpus(kind.cpus)
            .setMemoryBytes(4L * kind.cpus * GIB)
            .setBootTimeMs(System.currentTimeMillis() - (number + 1) * 7_200_000L)
            .putTags("kind", kind.name)
            .putTags("site", SITES.get(number / 2 % SITES.size()))
            .putTags("env", LEVELS.get(number / 5 % LEVELS.size()))
            .build();
    return new MachineProfile(id, resource, series(kind, number), processes(kind, number));
  }

  private static List<Series> series(Kind kind, int number) {
    // A few of the fleet are in trouble, as a few always are.
    double more = number % 23 == 7 ? 1.25 : 0.55 + number * 37 % 50 / 100.0;
    double cpu = Math.clamp(kind.cpu * more, 3, 88);
    double memory = Math.clamp(kind.memory * (0.8 + more / 4), 8, 94);
    long minute = 60_000L + number % 13 * 9_000L;
    var series = new ArrayList<Series>();
    series.add(plain("cpu_percent", cpu, Math.min(cpu, 100 - cpu) * 0.7, 3 * minute));
    series.add(plain("memory_percent", memory, 4, 11 * minute));
    series.add(plain("swap_percent", number % 9, 0.5, 20 * minute));
    series.add(plain("load_avg_1m", cpu * kind.cpus / 100, cpu * kind.cpus / 250, 4 * minute));
    series.add(plain("process_count", 180 + number % 60, 9, 5 * minute));
    series.add(disk("/", "ext4", 22 + number * 17 % 60));
    series.add(disk("/var", "ext4", number % 19 == 4 ? 93 : 30 + number * 29 % 55));
    double bytes = MEGABYTE * (0.2 + number * 11 % 40);
    series.add(net("network_recv_bytes_sec", bytes, minute));
    series.add(net("network_sent_bytes_sec", bytes / 3, minute));
    for (int core = 0; core < kind.cpus; core++) {
      double busy = Math.clamp(cpu * (0.6 + (core * 13 + number) % 9 / 10.0), 1, 95);
      double swing = Math.min(busy, 100 - busy);
      series.add(
          new Series(
              "cpu_percent_per_core", Map.of("core", "" + core), busy, swing, minute + core));
    }
    return series;
  }

  private static Series plain(String metric, double level, double swing, long period) {
    return new Series(metric, Map.of(), level, swing, period);
  }

  private static Series disk(String mount, String type, double level) {
    var labels = Map.of("mount", mount, "fstype", type);
    return new Series("disk_percent", labels, level, 0.2, 3_600_000);
  }

  private static Series net(String metric, double level, long period) {
    return new Series(metric, Map.of("interface", "eth0"), level, level * 0.6, period);
  }

  private static List<Process> processes(Kind kind, int number) {
    return IntStream.range(0, 5)
        .mapToObj(
            i ->
                Process.newBuilder()
                    .setPid(700 + number + 31 * i)
                    .setName(
                        i == 0
                            ? kind.process
                            : List.of("sshd", "cron", "systemd", "bash").get(i - 1))
                    .setUser(i == 0 ? "app" : "root")
                    .setCpuPercent(i == 0 ? kind.cpu * 2 : 2.0 / i)
                    .setRssBytes((5L - i) * 200 * MEGABYTE)
                    .build())
        .toList();
  }
}
