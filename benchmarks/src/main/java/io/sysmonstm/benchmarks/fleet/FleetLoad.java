package io.sysmonstm.benchmarks.fleet;

import io.sysmonstm.load.Fleet;
import io.sysmonstm.load.Ledger;
import io.sysmonstm.load.MetricsLoad;
import io.sysmonstm.load.Pace;
import io.sysmonstm.load.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * How many samples does an aggregator take into Redis and TimescaleDB, what do all servers together
 * spend on one, and how long does an acknowledgement take? Beside it, on the same servers and in
 * the same run, the bare limits: COPY of narrow rows and pipelined HSET. The figure to compare is
 * samples per CPU second of the servers, since the generator shares the machine with them. Left
 * out: network, TLS, several aggregators.
 */
@CommandLine.Command(name = "fleet-load", mixinStandardHelpOptions = true)
public final class FleetLoad implements Callable<Integer> {
  private enum Part {
    RAW,
    METRICS,
    INGEST
  }

  @Option(names = "--image", required = true, description = "The built image.")
  private Path image = Path.of("");

  @Option(names = "--only", description = "RAW, METRICS, INGEST; all unless given.")
  private Set<Part> only = EnumSet.allOf(Part.class);

  @Option(names = "--machines", description = "Simulated machines: ${DEFAULT-VALUE}.")
  private int machines = 10;

  @Option(names = "--series", description = "Samples of an Ingest batch: ${DEFAULT-VALUE}.")
  private int series = 50;

  @Option(names = "--window", description = "Unacknowledged batches a machine: ${DEFAULT-VALUE}.")
  private int window = 64;

  @Option(names = "--interval", description = "Time between batches; flat out unless given.")
  private Optional<Duration> interval = Optional.empty();

  @Option(names = "--warm-up", description = "Load before the measurement: ${DEFAULT-VALUE}.")
  private Duration warmUp = Duration.ofSeconds(15);

  @Option(names = "--time", description = "Measured time: ${DEFAULT-VALUE}.")
  private Duration time = Duration.ofSeconds(20);

  @Option(names = "--events", description = "The event bus: ${DEFAULT-VALUE}.")
  private String events = "redis-pubsub";

  private FleetLoad() {}

  /** Runs it with the flags that --help tells of. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new FleetLoad()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    try (var servers = Servers.start()) {
      System.out.println(servers.description());
      if (only.contains(Part.RAW)) {
        RawLimits.print(servers);
      }
      try (var aggregator = Aggregator.start(image, servers, events)) {
        if (only.contains(Part.METRICS)) {
          metrics(servers, aggregator);
        }
        if (only.contains(Part.INGEST)) {
          ingest(servers, aggregator);
        }
      }
    }
    return 0;
  }

  private void metrics(Servers servers, Aggregator aggregator) throws InterruptedException {
    try (var load = new MetricsLoad(aggregator.port(), machines, 50).start()) {
      Thread.sleep(warmUp);
      var meter = new Meter(servers, aggregator, load::acceptedMetrics);
      load.ledger().ackTimes();
      Thread.sleep(time);
      meter.print("StreamMetrics, one a message, %d machines".formatted(machines));
      printAcks(load.ledger());
      load.finish(Duration.ofSeconds(30));
      System.out.printf(
          "  refused %d, calls failed %d%n", load.ledger().rejectedSamples(), load.failedCalls());
    }
  }

  private void ingest(Servers servers, Aggregator aggregator) throws InterruptedException {
    var pace = interval.map(Pace::every).orElseGet(() -> Pace.flatOut(window));
    try (var fleet = new Fleet(aggregator.port(), machines, new Workload(series), pace).start()) {
      Thread.sleep(warmUp);
      var ledger = fleet.ledger();
      var meter = new Meter(servers, aggregator, () -> ledger.durableBatches() * series);
      ledger.ackTimes();
      Thread.sleep(time);
      meter.print("Ingest, %d samples a batch, %d machines".formatted(series, machines));
      printAcks(ledger);
      boolean drained = fleet.drain(Duration.ofSeconds(30));
      System.out.printf(
          "  refused %d, volatile acks %d, sent again %d, streams %d, drained %s%n",
          ledger.rejectedSamples(),
          ledger.volatileAcks(),
          ledger.resentBatches(),
          ledger.streams(),
          drained);
    }
  }

  private static void printAcks(Ledger ledger) {
    var times = ledger.ackTimes();
    System.out.printf(
        "  durable ack: p50 %d ms, p99 %d ms, longest %d ms (%d)%n",
        times.percentile(50).toMillis(),
        times.percentile(99).toMillis(),
        times.longest().toMillis(),
        times.count());
  }
}
