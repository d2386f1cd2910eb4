package io.sysmonstm.benchmarks.live;

import io.sysmonstm.load.Fleet;
import io.sysmonstm.load.Pace;
import io.sysmonstm.load.ServerCpu;
import io.sysmonstm.load.Workload;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long does a reading take from its collection to a viewer, and what does a viewer cost?
 * Simulated machines send to a standalone, which tells an edge relay; viewers of the one or the
 * other are on sockets in this process. A latency is from the time that a batch was due, as its
 * frame tells, to the read of the frame, in whole milliseconds; memory is the growth of the RSS for
 * each viewer. Left out: TLS and browsers.
 */
@Command(name = "live-load", mixinStandardHelpOptions = true)
final class LiveLoad implements Callable<Integer> {
  private static final Duration SETTLE = Duration.ofSeconds(10);
  private static final String TOKEN = "a token for a benchmark";

  @Option(names = "--image", required = true, description = "The built image of all roles.")
  private Path image = Path.of("");

  @Option(names = "--of", description = "gateway or edge: ${DEFAULT-VALUE}.")
  private String of = "gateway";

  @Option(names = "--viewers", description = "Viewers that read: ${DEFAULT-VALUE}.")
  private int viewers = 950;

  @Option(names = "--stalled", description = "Viewers that do not read: ${DEFAULT-VALUE}.")
  private int stalled = 50;

  @Option(names = "--machines", description = "Simulated machines: ${DEFAULT-VALUE}.")
  private int machines = 10;

  @Option(names = "--series", description = "Samples of a cycle: ${DEFAULT-VALUE}.")
  private int series = 20;

  @Option(names = "--interval", description = "Time between cycles: ${DEFAULT-VALUE}.")
  private Duration interval = Duration.ofSeconds(1);

  @Option(names = "--warm-up", description = "Load before the measurement: ${DEFAULT-VALUE}.")
  private Duration warmUp = Duration.ofSeconds(30);

  @Option(names = "--time", description = "Measured time: ${DEFAULT-VALUE}.")
  private Duration time = Duration.ofSeconds(30);

  private LiveLoad() {}

  /** Runs it with the flags that --help tells of. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new LiveLoad()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    var scratch = Files.createTempDirectory("live-load");
    int page = freePort();
    int ingest = freePort();
    int publicPage = freePort();
    try (var edge =
            ServerProcess.start(
                image.resolveSibling(image.getFileName() + "-edge"),
                scratch.resolve("edge.log"),
                publicPage,
                "edge",
                "--data-directory",
                scratch.resolve("edge").toString(),
                "--edge.listen",
                "127.0.0.1:" + publicPage,
                "--edge.publish-token",
                TOKEN);
        var standalone =
            ServerProcess.start(
                image,
                scratch.resolve("standalone.log"),
                page,
                "standalone",
                "--data-directory",
                scratch.resolve("standalone").toString(),
                "--gateway.listen",
                "127.0.0.1:" + page,
                "--aggregator.listen",
                "127.0.0.1:" + ingest,
                "--collector.collection-interval",
                "60s",
                "--gateway.edge-url",
                "ws://127.0.0.1:" + publicPage,
                "--gateway.edge-token",
                TOKEN,
                "--gateway.edge.fields",
                "*,label:*");
        var fleet =
            new Fleet(ingest, machines, new Workload(series), Pace.every(interval)).start()) {
      boolean isEdge = of.equals("edge");
      measure(isEdge ? edge : standalone, isEdge ? publicPage : page);
      fleet.drain(Duration.ofSeconds(10));
    }
    return 0;
  }

  private void measure(ServerProcess server, int port) throws IOException, InterruptedException {
    var latencies = new Latencies();
    Thread.sleep(warmUp);
    long before = ServerCpu.residentBytes(server.pid());
    try (var crowd = new ViewerCrowd(port, latencies)) {
      crowd.join(viewers);
      Thread.sleep(warmUp);
      crowd.joinStalled(stalled);
      Thread.sleep(SETTLE);
      latencies.reset();
      var cpu = ServerCpu.of(server.pid());
      Thread.sleep(time);
      var spent = ServerCpu.of(server.pid()).minus(cpu);
      long after = ServerCpu.residentBytes(server.pid());
      long count = latencies.count();
      System.out.printf(
          """
          %s, %d viewers and %d that do not read, %d machines each %s, %d samples a cycle
            latency p50 %d, p90 %d, p99 %d ms; %,d frames, %.1f %% of those due
            CPU %.1f %% of a core, %.1f us a frame; RSS %d MB, %d before, %.1f KB a viewer
          """,
          of,
          viewers,
          stalled,
          machines,
          interval,
          series,
          latencies.quantile(0.5),
          latencies.quantile(0.9),
          latencies.quantile(0.99),
          count,
          100.0 * count / ((double) viewers * machines * time.toMillis() / interval.toMillis()),
          100.0 * spent.toNanos() / time.toNanos(),
          spent.toNanos() / 1e3 / Math.max(1, count),
          after >> 20,
          before >> 20,
          (after - before) / 1024.0 / (viewers + stalled));
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
