package io.sysmonstm.edge.helidon;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.json.Publication;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.web.helidon.internal.net.Timing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/** An edge relay on a free port, with a clock that stands still, and a client. */
final class EdgeFixture implements AutoCloseable {
  static final String TOKEN = "a token of the tests";

  // Everything is looked at often; what it is looked at for goes by the clock of the test.
  private static final Timing TIMING =
      Timing.DEFAULT.with(Timing.DEFAULT.ping(), Duration.ofMillis(10));

  final ManualTime time = new ManualTime();
  final SelfMetrics metrics = new SelfMetrics();
  final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  final HttpClient client = HttpClient.newHttpClient();
  final EdgeRelay edge;
  final InetSocketAddress address;

  EdgeFixture() {
    this(builder -> builder);
  }

  EdgeFixture(UnaryOperator<EdgeRelay.Builder> options) {
    edge =
        options
            .apply(
                EdgeRelay.builder()
                    .listen(InetSocketAddress.createUnresolved("127.0.0.1", 0))
                    .publishToken(TOKEN)
                    .executor(executor)
                    .time(time)
                    .metrics(metrics)
                    .timing(TIMING))
            .build();
    address = edge.start();
  }

  URI uri(String scheme, String path) {
    return URI.create(scheme + "://127.0.0.1:" + address.getPort() + path);
  }

  HttpResponse<String> get(String path, String... headers) {
    var request = HttpRequest.newBuilder(uri("http", path)).timeout(Duration.ofSeconds(20));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  Peer viewer() {
    return Peer.open(this, "/ws", Map.of());
  }

  Peer gateway(String instance) {
    return Peer.open(
        this,
        "/publish",
        Map.of("Authorization", "Bearer " + TOKEN, "Sysmonstm-Gateway", instance));
  }

  static String text(Publication publication) {
    return new String(publication.write(), UTF_8);
  }

  /** What a viewer begins with that is no more than a socket. */
  static String upgrade(String host) {
    return String.join(
        "\r\n",
        "GET /ws HTTP/1.1",
        "Host: " + host,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "",
        "");
  }

  MachineView machine(String id, double cpu) {
    return machine(id, cpu, MachineStatus.UP, List.of());
  }

  MachineView machine(String id, double cpu, MachineStatus status, List<String> alerts) {
    var state =
        new MachineState(
            id,
            Resource.builder("host-" + id).os("Linux").tags(Map.of("env", "prod")).build(),
            time.instant(),
            Duration.ZERO,
            List.of(new Sample("cpu_percent", Labels.empty(), Instant.EPOCH, cpu)),
            List.of());
    return new MachineView(state, status, Optional.empty(), alerts);
  }

  String snapshot(MachineView... machines) {
    return text(new Publication.Snapshot(time.instant(), List.of(machines), List.of(), false));
  }

  String metrics(MachineView machine) {
    return text(new Publication.Metrics(time.instant(), machine));
  }

  Alert alert(String id, String rule) {
    return Alert.builder(id, rule, "a")
        .state(AlertState.FIRING)
        .metric("cpu_percent")
        .value(97)
        .threshold(90)
        .startedAt(time.instant())
        .firedAt(time.instant())
        .build();
  }

  /** What the edge counts of itself. */
  double reading(String name) {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals(name))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  @Override
  public void close() {
    edge.close();
    client.close();
    executor.close();
  }
}
