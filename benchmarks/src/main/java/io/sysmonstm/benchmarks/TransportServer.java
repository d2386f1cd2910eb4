package io.sysmonstm.benchmarks;

import io.sysmonstm.aggregator.core.Aggregator;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.events.local.LocalEventBus;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.transport.grpc.GrpcIngestServer;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Question: how much CPU time does a server need for a metric, from the socket to the commit of
 * history, by {@code StreamMetrics} (one metric a message) and by {@code Ingest} (20 a message)?
 *
 * <p>Real loopback connections, one for each machine, from a second process ({@link
 * TransportLoad}); the CPU time is the server's alone, by process (compiler and collector included)
 * and by thread. Stores are arrays, the bus is local without subscribers: storage is left out.
 *
 * <p>Not a JMH benchmark, since that would count the client too. Command: {@code
 * benchmarks/transport [MACHINES [SAMPLES]]}
 */
public final class TransportServer {
  private static final int ROUNDS = 4;

  private TransportServer() {}

  /**
   * Prints a line for each round; the last ones are warm.
   *
   * @param arguments how many machines (10), and how many samples a round (2,000,000)
   */
  public static void main(String[] arguments) throws Exception {
    int machines = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
    long samples = arguments.length > 1 ? Long.parseLong(arguments[1]) : 2_000_000;
    var metrics = new SelfMetrics();
    var series = new SeriesRegistry();
    var current = new ArrayCurrentStore(500_000);
    var history = new ArrayHistoryStore();
    var bus = new LocalEventBus();
    try (var aggregator =
            Aggregator.builder(current, history, bus).series(series).metrics(metrics).build();
        var server = GrpcIngestServer.builder("127.0.0.1:0").metrics(metrics).build()) {
      int port = server.start(aggregator.start(), current).getPort();
      for (var kind : List.of("metrics", "ingest")) {
        for (int round = 0; round < ROUNDS; round++) {
          measure(history, port, kind, machines, samples / machines);
        }
      }
      metrics.collect().stream()
          .filter(reading -> reading.value() != 0)
          .forEach(
              reading ->
                  System.out.println(
                      "  " + reading.name() + reading.labels() + " " + reading.value()));
    }
  }

  private static void measure(
      ArrayHistoryStore history, int port, String kind, int machines, long each) throws Exception {
    long rows = history.rows();
    var threads = threadCpu();
    long cpu = processCpu();
    long begin = System.nanoTime();
    int exit = client(port, kind, machines, each).waitFor();
    double wall = (System.nanoTime() - begin) / 1e9;
    cpu = processCpu() - cpu;
    rows = history.rows() - rows;
    if (exit != 0 || rows != each / 20 * 20 * machines) {
      throw new IllegalStateException("client ended with %d, %d rows".formatted(exit, rows));
    }
    System.out.printf(
        Locale.ROOT,
        "%s, %d machines: %d ns CPU a metric, %,.0f metrics per CPU second, %,.0f per second;"
            + " heap %d MiB, %d threads%n",
        kind,
        machines,
        cpu / rows,
        rows * 1e9 / cpu,
        rows / wall,
        heap().getUsed() >> 20,
        ManagementFactory.getThreadMXBean().getThreadCount());
    var line = new StringBuilder("   ");
    threadCpu()
        .forEach(
            (name, nanos) -> {
              long spent = nanos - threads.getOrDefault(name, 0L);
              if (spent > 20_000_000) {
                line.append(" %s %d ns;".formatted(name, spent / (each * machines)));
              }
            });
    System.out.println(line);
  }

  private static MemoryUsage heap() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
  }

  private static Process client(int port, String kind, int machines, long each) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            TransportLoad.class.getName(),
            Integer.toString(port),
            kind,
            Integer.toString(machines),
            Long.toString(each))
        .inheritIO()
        .start();
  }

  private static long processCpu() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }

  private static Map<String, Long> threadCpu() {
    var bean = ManagementFactory.getThreadMXBean();
    var all = new TreeMap<String, Long>();
    for (long id : bean.getAllThreadIds()) {
      var info = bean.getThreadInfo(id);
      if (info != null) {
        all.merge(
            info.getThreadName().replaceAll("-?\\d+", ""), bean.getThreadCpuTime(id), Long::sum);
      }
    }
    return all;
  }
}
