package io.sysmonstm.gateway.helidon;

import io.sysmonstm.gateway.helidon.internal.edge.Aliases;
import io.sysmonstm.gateway.helidon.internal.edge.Disclosure;
import io.sysmonstm.gateway.helidon.internal.edge.EdgeForwarder;
import io.sysmonstm.gateway.helidon.internal.live.LiveView;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/** A gateway's way to its edge relay, with the client that dials it. Thread-safe. */
final class EdgeOutlet implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final HttpClient client;
  private final EdgeForwarder forwarder;
  private final ExecutorService executor;

  EdgeOutlet(
      EdgeTarget target,
      LiveView view,
      TimeSource time,
      ExecutorService executor,
      SelfMetrics metrics) {
    var building =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .executor(executor);
    target.tls().ifPresent(building::sslContext);
    this.client = building.build();
    this.executor = executor;
    this.forwarder =
        new EdgeForwarder(
            view,
            new Disclosure(
                target.fields(), target.hidesHostnames(), new Aliases(target.aliasKey())),
            client,
            target.uri(),
            target.token(),
            time,
            metrics);
  }

  void start() {
    executor.execute(forwarder);
  }

  Health health() {
    return forwarder.health();
  }

  @Override
  public void close() {
    forwarder.close();
    client.shutdown();
  }
}
