package io.sysmonstm.gateway.helidon;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.json.Json;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.web.helidon.internal.net.Timing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A gateway on a free port, with a clock that stands still, and a client. */
final class GatewayFixture implements AutoCloseable {
  // Everything is looked at often; what it is looked at for goes by the clock of the test.
  static final Timing TIMING = Timing.DEFAULT.with(Timing.DEFAULT.ping(), Duration.ofMillis(10));

  /** Looks at nothing by itself: {@link #pass} does. */
  static final Timing STILL = TIMING.with(TIMING.ping(), Duration.ofHours(1));

  private static final Duration STEP = Duration.ofMillis(250);

  final Fleet fleet;
  final ManualTime time;
  final SelfMetrics metrics = new SelfMetrics();
  final SeriesRegistry series = new SeriesRegistry();
  final SettlingExecutor executor = new SettlingExecutor();
  final HttpClient client = HttpClient.newHttpClient();
  final Gateway gateway;
  final InetSocketAddress address;
  volatile Health aggregator = Health.ok();

  GatewayFixture() {
    this(builder -> builder);
  }

  GatewayFixture(UnaryOperator<GatewayBuilder> options) {
    this(options, prepared -> {});
  }

  GatewayFixture(UnaryOperator<GatewayBuilder> options, Consumer<Fleet> prepare) {
    this(options, prepared(prepare));
  }

  /** Another gateway of the same fleet, by the same clock. */
  GatewayFixture(GatewayFixture other) {
    this(GatewayFixture::still, other.fleet);
  }

  GatewayFixture(UnaryOperator<GatewayBuilder> options, Fleet fleet) {
    this.fleet = fleet;
    this.time = fleet.time;
    var builder =
        Gateway.builder()
            .listen(InetSocketAddress.createUnresolved("127.0.0.1", 0))
            .currentStore(fleet.current)
            .historyStore(fleet.history)
            .alertStore(fleet.alerts)
            .accessStore(fleet.access)
            .subscriber(fleet.bus)
            .publisher(fleet.bus)
            .executor(executor)
            .time(time)
            .metrics(metrics)
            .aggregatorHealth(() -> aggregator)
            .timing(TIMING);
    gateway = options.apply(builder).build();
    address = gateway.start();
  }

  static GatewayBuilder still(GatewayBuilder builder) {
    return builder.timing(STILL);
  }

  /** Lets some time pass, and what is due in it happen, here and in other gateways of the fleet. */
  void pass(Duration span, GatewayFixture... others) {
    for (var left = span; left.isPositive(); left = left.minus(STEP)) {
      time.advance(STEP);
      settle();
      for (var other : others) {
        other.settle();
      }
    }
  }

  /** Lets what is due happen, and waits for it. */
  void settle() {
    executor.settle(gateway::tick);
  }

  private static Fleet prepared(Consumer<Fleet> prepare) {
    var fleet = new Fleet();
    prepare.accept(fleet);
    return fleet;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + address.getPort() + path);
  }

  HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  HttpResponse<String> send(String method, String path, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static Map<String, @Nullable Object> json(HttpResponse<String> response) {
    return json(response.body());
  }

  static Map<String, @Nullable Object> json(String text) {
    return map(Json.read(text.getBytes(UTF_8)));
  }

  static List<?> list(Map<?, ?> json, String name) {
    if (json.get(name) instanceof List<?> list) {
      return list;
    }
    throw new AssertionError("no list " + name + " in " + json);
  }

  static Map<String, @Nullable Object> map(@Nullable Object json) {
    if (json instanceof Map<?, ?> map) {
      var named = new LinkedHashMap<String, @Nullable Object>();
      map.forEach((name, value) -> named.put(name.toString(), value));
      return named;
    }
    throw new AssertionError("not a JSON object: " + json);
  }

  /** A batch that is collected and received now. */
  BatchBuilder batch(String machine, long seq) {
    return new BatchBuilder(series, machine, seq, time.instant());
  }

  void publishCpu(String machine, long seq, double percent) {
    fleet.bus.publish(batch(machine, seq).sample("cpu_percent", percent).event());
  }

  /** What the gateway counts of itself, over all labels. */
  double reading(String name) {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals(name))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  @Override
  public void close() {
    gateway.close();
    client.close();
    executor.close();
  }
}
