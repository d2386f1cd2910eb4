package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.sysmonstm.load.Evidence;
import io.sysmonstm.load.FaultyLink;
import io.sysmonstm.load.Fleet;
import io.sysmonstm.load.HistoryOracle;
import io.sysmonstm.load.Pace;
import io.sysmonstm.load.Workload;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.transport.grpc.v1.Empty;
import io.sysmonstm.transport.grpc.v1.MachineState;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An aggregator from its image on a real Redis and PostgreSQL, with a faulty link on each of its
 * three sides, and the machines that send to it. What is asked of it and of the database for the
 * verdict goes past the links. Confined to one thread.
 */
final class FaultRig implements AutoCloseable {
  /** Set to {@code true} for the long forms of all faults. */
  static final boolean LONG_FORM = Boolean.getBoolean("sysmonstm.faults.long");

  private static final Duration LONG = Duration.ofSeconds(90);
  private static final Duration LIVE_AGAIN = Duration.ofSeconds(10);

  final RedisServer redis = RedisServer.running();
  final PostgresServer postgres = PostgresServer.create();
  final String database;
  final FaultyLink machinesLink;
  final FaultyLink databaseLink;
  final FaultyLink redisLink;
  private final Path directory;
  private final int grpcPort = RunningImage.freePort();
  private final ManagedChannel channel =
      NettyChannelBuilder.forAddress("127.0.0.1", grpcPort).usePlaintext().build();
  private final List<Fleet> fleets = new ArrayList<>();
  private RunningImage aggregator;
  private int machines;

  /**
   * Starts all of it.
   *
   * @param directory for data and logs
   * @param seed what the links' chance follows from
   * @param newDatabase makes a database on the server, and returns its URL
   */
  FaultRig(Path directory, long seed, Function<PostgresServer, String> newDatabase) {
    this.directory = directory;
    database = newDatabase.apply(postgres);
    machinesLink = new FaultyLink(grpcPort, seed);
    databaseLink = new FaultyLink(postgres.port(), seed + 1);
    redisLink = new FaultyLink(redis.port(), seed + 2);
    aggregator = startAggregator();
  }

  private RunningImage startAggregator() {
    return RunningImage.role(
        "aggregator",
        directory.resolve("aggregator"),
        Map.of(
            "CURRENT_STORE", "redis",
            "HISTORY_STORE", "timescale",
            "EVENTS_BUS", "redis-pubsub",
            "REDIS_URL", "redis://127.0.0.1:" + redisLink.port(),
            "TIMESCALE_URL",
                database.replace(":" + postgres.port() + "/", ":" + databaseLink.port() + "/")),
        grpcPort,
        RunningImage.freePort());
  }

  RunningImage aggregator() {
    return aggregator;
  }

  int grpcPort() {
    return grpcPort;
  }

  void killAggregator() {
    aggregator.kill();
    aggregator = startAggregator();
  }

  /** Starts machines that send one batch a second through the link, and waits until all do. */
  Fleet machines(int count, Workload workload) {
    return started(
        new Fleet(
            machinesLink.port(), taken(count), count, workload, Pace.every(Duration.ofSeconds(1))));
  }

  /** Starts such that do not use the link. */
  Fleet neighbours(int count, Workload workload) {
    return started(
        new Fleet(grpcPort, taken(count), count, workload, Pace.every(Duration.ofSeconds(1))));
  }

  /** Starts such at another pace, and does not wait for them. */
  Fleet machines(int count, Workload workload, Pace pace) {
    var fleet = new Fleet(machinesLink.port(), taken(count), count, workload, pace).start();
    fleets.add(fleet);
    return fleet;
  }

  private int taken(int count) {
    int first = machines;
    machines += count;
    return first;
  }

  private Fleet started(Fleet fleet) {
    fleets.add(fleet);
    fleet.start();
    Eventually.until(
        "batches are durable; log: " + aggregator.log(),
        LONG,
        () -> fleet.ledger().durableBatches() > 2L * fleet.machines().size());
    return fleet;
  }

  /**
   * Returns the age of the newest sample in the current state, of the machine that is worst off.
   */
  Duration liveAge(Fleet fleet) {
    var states =
        states().stream()
            .collect(Collectors.toMap(MachineState::getMachineId, Function.identity()));
    long oldest = Long.MAX_VALUE;
    for (var machine : fleet.machines()) {
      var state = states.get(machine.id());
      long newest =
          state == null
              ? 0
              : state.getCurrentMetricsList().stream()
                  .mapToLong(metric -> metric.getTimestampMs())
                  .max()
                  .orElse(0);
      oldest = Math.min(oldest, newest);
    }
    return Duration.ofMillis(System.currentTimeMillis() - oldest);
  }

  private List<MachineState> states() {
    try {
      return MetricsServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(5, TimeUnit.SECONDS)
          .getAllStates(Empty.getDefaultInstance())
          .getMachinesList();
    } catch (StatusRuntimeException away) {
      channel.resetConnectBackoff();
      return List.of();
    }
  }

  /** Waits until a machine's newest sample is fresh again for all; returns how long that took. */
  Duration awaitLive(Fleet fleet) {
    long begin = System.nanoTime();
    Eventually.until(
        "the current state is fresh",
        LIVE_AGAIN.plusSeconds(30),
        () -> liveAge(fleet).compareTo(Duration.ofSeconds(3)) < 0);
    return since(begin);
  }

  /** Checks that the time is within what is promised after a fault. */
  static void assertSoon(Duration untilLive) {
    assertThat(untilLive).as("until a fresh sample is shown again").isLessThan(LIVE_AGAIN);
  }

  /** Returns what the aggregator says of its readiness. */
  String health() {
    try {
      return Files.readString(directory.resolve("aggregator").resolve("aggregator.health"));
    } catch (IOException notYet) {
      return "";
    }
  }

  /** Waits until the tables are there. */
  void awaitHistory() {
    Eventually.until(
        "history works; log: " + aggregator.log(),
        LONG,
        () -> health().contains("history\":\"ok\""));
  }

  boolean historyFails() {
    return health().contains("history\":\"error");
  }

  /**
   * Lets a fleet deliver all it has, and compares that with history: nothing missing, nothing
   * twice, nothing false, and something proved. The fleet is closed.
   *
   * @param fleet which
   * @param resendsExpected whether there must have been duplicates
   * @return a piece of the line that is printed
   */
  String judge(Fleet fleet, boolean resendsExpected) throws Exception {
    long begin = System.nanoTime();
    boolean drained = fleet.drain(LONG);
    var draining = since(begin);
    assertThat(drained)
        .as("%d batches are not durable; log: %s", fleet.unacknowledgedBatches(), aggregator.log())
        .isTrue();
    if (resendsExpected) {
      Eventually.until(
          "a duplicate is acknowledged: " + Evidence.of(fleet.ledger()),
          () -> fleet.ledger().duplicates() > 0);
    }
    var verdict = new HistoryOracle(database).judge(fleet.machines(), fleet.workload());
    var evidence = Evidence.of(fleet.ledger());
    fleet.close();
    fleets.remove(fleet);
    assertThat(evidence.gaps(resendsExpected)).as("what the run does not show").isEmpty();
    assertThat(fleet.ledger().rejectedSamples()).as("refused samples").isZero();
    assertThat(verdict.isExact()).as("%s", verdict).isTrue();
    return "%d batches, %d sent again, %d duplicates taken, drained in %s, %d rows, %d missing, %d twice"
        .formatted(
            fleet.batches(),
            evidence.resent(),
            evidence.duplicates(),
            draining,
            verdict.rows(),
            verdict.missing(),
            verdict.doubled());
  }

  // Time has to pass here: a fault has a length.
  static void pass(Duration time) throws InterruptedException {
    if (time.isPositive()) {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }
  }

  static Duration since(long nanoTime) {
    return Duration.ofMillis((System.nanoTime() - nanoTime) / 1_000_000);
  }

  static void print(String format, Object... arguments) {
    System.out.printf(format + "%n", arguments);
  }

  @Override
  public void close() {
    List.copyOf(fleets).forEach(Fleet::close);
    channel.shutdownNow();
    aggregator.close();
    machinesLink.close();
    databaseLink.close();
    redisLink.close();
    postgres.close();
    redis.close();
  }
}
