package io.sysmonstm.distributions;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.sysmonstm.load.Fleet;
import io.sysmonstm.load.Pace;
import io.sysmonstm.load.Workload;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.transport.grpc.v1.Empty;
import io.sysmonstm.transport.grpc.v1.MachineState;
import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.MetricType;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import io.sysmonstm.transport.grpc.v1.StreamAck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An aggregator, an alerts engine and a gateway, each a process of its own image. */
final class RoleFleet implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path directory;
  private final Map<String, String> environment;
  private final int grpcPort = RunningImage.freePort();
  private final int httpPort = RunningImage.freePort();
  private final ManagedChannel channel =
      NettyChannelBuilder.forAddress("127.0.0.1", grpcPort).usePlaintext().build();
  private RunningImage aggregator;
  private RunningImage alerts;
  private RunningImage gateway;

  /**
   * Starts the three.
   *
   * @param directory for their data and logs
   * @param backends which stores and bus, as environment variables
   */
  RoleFleet(Path directory, Map<String, String> backends) {
    this.directory = directory;
    this.environment = new HashMap<>(backends);
    environment.put("GATEWAY_AGGREGATOR_URL", "localhost:" + grpcPort);
    this.aggregator = role("aggregator");
    this.alerts = role("alerts");
    this.gateway = role("gateway");
    try {
      Eventually.until("the page answers", Duration.ofSeconds(60), gateway::answers);
    } catch (AssertionError e) {
      e.addSuppressed(new AssertionError("log: " + gateway.log()));
      // Nobody else would end the three.
      close();
      throw e;
    }
  }

  private RunningImage role(String role) {
    return RunningImage.role(role, directory.resolve(role), environment, grpcPort, httpPort);
  }

  /** Starts simulated machines, 20 series each, one batch a second. */
  Fleet machines(int count, Workload workload) {
    return machines(0, count, workload);
  }

  /** The same, with others than those before a number. */
  Fleet machines(int first, int count, Workload workload) {
    return new Fleet(grpcPort, first, count, workload, Pace.every(Duration.ofSeconds(1))).start();
  }

  RunningImage gateway() {
    return gateway;
  }

  RunningImage aggregator() {
    return aggregator;
  }

  RunningImage alerts() {
    return alerts;
  }

  /** Kills the aggregator as kill -9 does, and starts it again on the same port. */
  void killAggregator() {
    aggregator.kill();
    aggregator = role("aggregator");
  }

  /** Kills the alerts engine as kill -9 does. */
  void killAlerts() {
    alerts.kill();
  }

  /** Starts one more alerts engine, which is the caller's to end. */
  RunningImage anotherAlerts() {
    return RunningImage.role("alerts", directory.resolve("alerts-2"), environment);
  }

  /** Sends SIGTERM to a role and returns its exit status; fails where it takes longer than 10 s. */
  int terminate(String role) {
    return switch (role) {
      case "aggregator" -> aggregator.terminate();
      case "alerts" -> alerts.terminate();
      case "gateway" -> gateway.terminate();
      default -> throw new IllegalArgumentException(role);
    };
  }

  /** Starts a role again, on the same port. */
  void start(String role) {
    switch (role) {
      case "aggregator" -> aggregator = role(role);
      case "alerts" -> alerts = role(role);
      case "gateway" -> gateway = role(role);
      default -> throw new IllegalArgumentException(role);
    }
  }

  /** Follows what the aggregator says of its health. */
  HealthWatch watchHealth() {
    return new HealthWatch(grpcPort);
  }

  /**
   * Returns what a role says of its readiness, as {@code sysmonstm health} reads it; empty while it
   * does not run.
   */
  String health(String role) {
    try {
      return Files.readString(directory.resolve(role).resolve(role + ".health"));
    } catch (IOException notYet) {
      return "";
    }
  }

  /** Returns what the gateway says of its readiness. */
  JsonNode ready() {
    return JSON.readTree(gateway.get("/ready"));
  }

  /** Returns what one part of it is. */
  String check(String part) {
    return ready().path("checks").path(part).asString();
  }

  /** Returns a machine as the gateway shows it. */
  JsonNode machine(String id) {
    return JSON.readTree(gateway.get("/api/v1/machines/" + id));
  }

  /** Returns all machines as the gateway shows them. */
  JsonNode machinesShown() {
    return JSON.readTree(gateway.get("/api/v1/machines")).path("machines");
  }

  /** Returns the alerts that a query finds. */
  JsonNode alerts(String query) {
    return JSON.readTree(gateway.get("/api/v1/alerts?" + query)).path("alerts");
  }

  /** Returns what the current store holds, read through the aggregator; empty while it is away. */
  List<MachineState> currentStates() {
    try {
      return MetricsServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(5, TimeUnit.SECONDS)
          .getAllStates(Empty.getDefaultInstance())
          .getMachinesList();
    } catch (StatusRuntimeException away) {
      return List.of();
    }
  }

  /** Sends one reading of {@code cpu_percent}, as any client may, and waits until it is stored. */
  StreamAck sendCpuPercent(String machine, double value) {
    return send(machine, MetricType.CPU_PERCENT, value);
  }

  /**
   * Sends one reading of a metric without labels, as any client may, and waits until it is stored.
   */
  StreamAck send(String machine, MetricType type, double value) {
    var answer = new CompletableFuture<StreamAck>();
    var requests =
        MetricsServiceGrpc.newStub(channel)
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .streamMetrics(
                new StreamObserver<>() {
                  @Override
                  public void onNext(StreamAck ack) {
                    answer.complete(ack);
                  }

                  @Override
                  public void onError(Throwable cause) {
                    answer.completeExceptionally(cause);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(
        Metric.newBuilder()
            .setMachineId(machine)
            .setHostname(machine)
            .setTimestampMs(System.currentTimeMillis())
            .setType(type)
            .setValue(value)
            .build());
    requests.onCompleted();
    return answer.join();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    gateway.close();
    alerts.close();
    aggregator.close();
  }
}
