package io.sysmonstm.collector.core.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sysmonstm.api.Labels;
import io.sysmonstm.collector.core.OshiMachine;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingSink;
import io.sysmonstm.testkit.Skipped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the sources read must agree with what the system's own files and tools say. */
class SystemComparisonTest {
  private static final List<MetricSource> SOURCES = OshiMachine.open().sources();

  @BeforeEach
  void linuxOnly() {
    Skipped.unless(
        Files.isReadable(Path.of("/proc/meminfo")), "no /proc here: nothing to compare with");
  }

  private static RecordingSink read(String source) throws Exception {
    var sink = new RecordingSink();
    for (var one : SOURCES) {
      if (one.name().equals(source)) {
        one.collect(sink);
      }
    }
    return sink;
  }

  private static double value(RecordingSink sink, String metric, Labels labels) {
    return sink.value(metric, labels)
        .orElseThrow(() -> new AssertionError("no " + metric + labels));
  }

  private static double value(RecordingSink sink, String metric) {
    return value(sink, metric, Labels.empty());
  }

  /** The words of each line of a file that begins with the given word. */
  private static List<String[]> lines(String file, String first) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .map(line -> line.strip().split("[\\s:]+", -1))
        .filter(words -> words[0].equals(first))
        .toList();
  }

  private static double field(String file, String first, int column) throws IOException {
    return Double.parseDouble(lines(file, first).getFirst()[column]);
  }

  private static List<String> run(String... command) throws Exception {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException missing) {
      Skipped.unless(false, "no " + command[0] + " here: nothing to compare with");
      return List.of();
    }
    var output = new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    process.waitFor();
    return output;
  }

  private static void pause(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    Eventually.until("the time is over", () -> System.nanoTime() - until >= 0);
  }

  @Test
  void memoryAgreesWithMeminfo() throws Exception {
    var sink = read("memory");
    double total = field("/proc/meminfo", "MemTotal", 1) * 1_024;
    double available = field("/proc/meminfo", "MemAvailable", 1) * 1_024;
    assertThat(value(sink, "memory_total_bytes")).isEqualTo(total);
    assertThat(value(sink, "memory_available_bytes")).isCloseTo(available, within(total * 0.03));
    assertThat(value(sink, "memory_percent"))
        .isCloseTo(100 * (total - available) / total, within(3.0));
    assertThat(value(sink, "swap_total_bytes"))
        .isEqualTo(field("/proc/meminfo", "SwapTotal", 1) * 1_024);
  }

  @Test
  void memoryAgreesWithFree() throws Exception {
    var memory =
        run("free", "-b").stream()
            .filter(line -> line.startsWith("Mem:"))
            .map(line -> line.split("\\s+", -1))
            .findFirst();
    Skipped.unless(memory.isPresent() && memory.get().length >= 7, "free says nothing of use here");
    double total = Double.parseDouble(memory.orElseThrow()[1]);
    double available = Double.parseDouble(memory.orElseThrow()[6]);
    var sink = read("memory");
    assertThat(value(sink, "memory_total_bytes")).isEqualTo(total);
    assertThat(value(sink, "memory_used_bytes")).isCloseTo(total - available, within(total * 0.03));
  }

  @Test
  void fileSystemsAgreeWithDf() throws Exception {
    var sink = read("filesystem");
    int compared = 0;
    for (var sample : sink.samples()) {
      if (sample.metric().equals("disk_percent")) {
        var labels = sample.labels();
        String[] df = df(labels.value("mount").orElseThrow());
        double total = Double.parseDouble(df[1]);
        assertThat(value(sink, "disk_total_bytes", labels)).isEqualTo(total);
        assertThat(value(sink, "disk_used_bytes", labels))
            .isCloseTo(Double.parseDouble(df[2]), within(total * 0.01));
        assertThat(value(sink, "disk_free_bytes", labels))
            .isCloseTo(Double.parseDouble(df[3]), within(total * 0.01));
        // df rounds up to whole per cent.
        double percent = Double.parseDouble(df[4].replace("%", ""));
        assertThat(sample.value()).isBetween(percent - 1.5, percent + 0.5);
        assertThat(labels.value("device")).contains(df[0]);
        compared++;
      }
    }
    assertThat(compared).isPositive();
    assertThat(sink.samples())
        .as("the root file system, of whatever kind")
        .anyMatch(sample -> sample.labels().value("mount").equals(Optional.of("/")));
  }

  private static String[] df(String mount) throws Exception {
    return run("df", "-B1", "-P", "--", mount).getLast().split("\\s+", 6);
  }

  @Test
  void loadAgreesWithLoadavg() throws Exception {
    var sink = read("cpu");
    String[] load = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
    assertThat(value(sink, "load_avg_1m")).isCloseTo(Double.parseDouble(load[0]), within(1.0));
    assertThat(value(sink, "load_avg_5m")).isCloseTo(Double.parseDouble(load[1]), within(0.5));
    assertThat(value(sink, "load_avg_15m")).isCloseTo(Double.parseDouble(load[2]), within(0.5));
  }

  @Test
  void cpuAgreesWithProcStatUnderAknownLoad() throws Exception {
    var burning = new AtomicBoolean(true);
    var burner = Thread.ofPlatform().daemon().start(() -> burn(burning));
    try {
      read("cpu");
      long[] before = ticks();
      pause(Duration.ofSeconds(2));
      var sink = read("cpu");
      long[] after = ticks();
      double total = 0;
      for (int mode = 0; mode < before.length; mode++) {
        total += after[mode] - before[mode];
      }
      double idle = after[3] - before[3] + after[4] - before[4];
      assertThat(value(sink, "cpu_percent")).isCloseTo(100 * (1 - idle / total), within(8.0));
      double atLeast = 100.0 / Runtime.getRuntime().availableProcessors() * 0.5;
      assertThat(value(sink, "cpu_percent")).isGreaterThan(atLeast);
      assertThat(modes(sink)).isCloseTo(100, within(0.1));
      assertThat(cores(sink))
          .hasSize(
              (int)
                  Files.readAllLines(Path.of("/proc/stat")).stream()
                      .filter(line -> line.matches("cpu\\d+ .*"))
                      .count());
    } finally {
      burning.set(false);
      burner.join();
    }
  }

  private static void burn(AtomicBoolean burning) {
    long sum = 0;
    while (burning.get()) {
      sum += Long.numberOfTrailingZeros(sum + System.nanoTime());
    }
    assertThat(sum).isNotNegative();
  }

  /** user nice system idle iowait irq softirq steal of all cores. */
  private static long[] ticks() throws IOException {
    String[] words = lines("/proc/stat", "cpu").getFirst();
    long[] ticks = new long[8];
    for (int mode = 0; mode < ticks.length; mode++) {
      ticks[mode] = Long.parseLong(words[mode + 1]);
    }
    return ticks;
  }

  private static double modes(RecordingSink sink) {
    return sink.samples().stream()
        .filter(sample -> sample.metric().equals("cpu_mode_percent"))
        .mapToDouble(RecordingSink.Added::value)
        .sum();
  }

  private static List<RecordingSink.Added> cores(RecordingSink sink) {
    return sink.samples().stream()
        .filter(sample -> sample.metric().equals("cpu_percent_per_core"))
        .toList();
  }

  @Test
  void networkAgreesWithNetDev() throws Exception {
    var before = netDev();
    var sink = read("network");
    var after = netDev();
    var names = new ArrayList<String>();
    for (var sample : sink.samples()) {
      if (sample.metric().equals("net_rx_bytes")) {
        String name = sample.labels().value("interface").orElseThrow();
        names.add(name);
        assertBetween(
            before.get(name),
            new Traffic(sample.value(), value(sink, "net_tx_bytes", sample.labels())),
            after.get(name));
      }
    }
    Skipped.unless(!names.isEmpty() || before.size() == 1, "no interface but loopback");
    assertThat(names).doesNotContain("lo");
    assertThat(names).noneMatch(name -> name.startsWith("veth") || name.startsWith("docker"));
  }

  /** Bytes in and out. */
  private record Traffic(double in, double out) {}

  private static void assertBetween(
      @Nullable Traffic before, Traffic reading, @Nullable Traffic after) {
    assertThat(reading.in).isBetween(known(before).in, known(after).in);
    assertThat(reading.out).isBetween(known(before).out, known(after).out);
  }

  private static Traffic known(@Nullable Traffic traffic) {
    return Optional.ofNullable(traffic).orElseThrow(() -> new AssertionError("not in /proc"));
  }

  /** Bytes received and sent, by interface. */
  private static Map<String, Traffic> netDev() throws IOException {
    var byName = new HashMap<String, Traffic>();
    for (String line : Files.readAllLines(Path.of("/proc/net/dev"))) {
      String[] words = line.strip().split("[\\s:]+", -1);
      if (line.contains(":")) {
        byName.put(
            words[0], new Traffic(Double.parseDouble(words[1]), Double.parseDouble(words[9])));
      }
    }
    return byName;
  }

  @Test
  void disksAgreeWithDiskstats() throws Exception {
    var before = diskstats();
    var sink = read("disk");
    var after = diskstats();
    Skipped.unless(!sink.samples().isEmpty(), "no disk that OSHI knows here");
    for (var sample : sink.samples()) {
      if (sample.metric().equals("disk_read_bytes")) {
        String device = sample.labels().value("device").orElseThrow();
        assertBetween(
            before.get(device),
            new Traffic(sample.value(), value(sink, "disk_write_bytes", sample.labels())),
            after.get(device));
      }
    }
  }

  /** Bytes read and written, by device. */
  private static Map<String, Traffic> diskstats() throws IOException {
    var byName = new HashMap<String, Traffic>();
    for (String line : Files.readAllLines(Path.of("/proc/diskstats"))) {
      String[] words = line.strip().split("\\s+", -1);
      byName.put(
          words[2],
          new Traffic(Double.parseDouble(words[5]) * 512, Double.parseDouble(words[9]) * 512));
    }
    return byName;
  }

  @Test
  void processesAgreeWithProc() throws Exception {
    var sink = read("process");
    long processes;
    try (var list = Files.list(Path.of("/proc"))) {
      processes = list.filter(path -> path.getFileName().toString().matches("\\d+")).count();
    }
    assertThat(value(sink, "process_count")).isCloseTo((double) processes, within(30.0));
    String tasks = Files.readString(Path.of("/proc/loadavg")).split("[ /]", -1)[4];
    assertThat(value(sink, "thread_count")).isCloseTo(Double.parseDouble(tasks), within(200.0));
  }

  @Test
  void theBusiestProcessIsFound() throws Exception {
    var burning = new AtomicBoolean(true);
    var burner = Thread.ofPlatform().daemon().start(() -> burn(burning));
    try {
      read("process");
      pause(Duration.ofSeconds(1));
      int self = (int) ProcessHandle.current().pid();
      var mine = read("process").processes().stream().filter(one -> one.pid() == self).findFirst();
      assertThat(mine).isPresent();
      assertThat(mine.orElseThrow().cpuPercent()).isGreaterThan(20);
      assertThat(mine.orElseThrow().user())
          .isEqualTo(ProcessHandle.current().info().user().orElse(""));
    } finally {
      burning.set(false);
      burner.join();
    }
  }

  @Test
  void theMachineAgreesWithProc() throws Exception {
    var sink = read("machine");
    double uptime = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0]);
    assertThat(value(sink, "uptime_seconds")).isCloseTo(uptime, within(2.0));
    assertThat(value(sink, "boot_time")).isEqualTo(field("/proc/stat", "btime", 1));
    assertThat(value(sink, "cpu_logical_count"))
        .isEqualTo(lines("/proc/cpuinfo", "processor").size());
    // Given at one go or not at all, and Files.readString begins with a single byte.
    String fileNr;
    try (var lines = Files.newBufferedReader(Path.of("/proc/sys/fs/file-nr"))) {
      fileNr = lines.readLine();
    }
    String[] files = fileNr.split("\\s+", -1);
    assertThat(value(sink, "fd_open")).isCloseTo(Double.parseDouble(files[0]), within(2_000.0));
  }

  @Test
  void theAgentAgreesWithItsOwnStatus() throws Exception {
    var sink = read("agent");
    double rss = field("/proc/self/status", "VmRSS", 1) * 1_024;
    assertThat(value(sink, "agent_rss_bytes")).isCloseTo(rss, within(rss * 0.2));
  }

  @Test
  void theInventoryAgreesWithProc() throws Exception {
    var resource = OshiMachine.open().resource();
    assertThat(resource.hostname())
        .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
    assertThat(resource.memoryBytes())
        .isEqualTo((long) (field("/proc/meminfo", "MemTotal", 1) * 1_024));
    assertThat(resource.os()).isNotBlank();
    assertThat(resource.osVersion()).isNotBlank();
    assertThat(resource.arch()).isNotBlank();
    assertThat(resource.logicalCpus()).isPositive();
    assertThat(resource.bootTime().orElseThrow().getEpochSecond())
        .isEqualTo((long) field("/proc/stat", "btime", 1));
  }
}
