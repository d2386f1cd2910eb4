package io.sysmonstm.distributions;

import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.Health;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Whether something listens where the aggregator should: asked by connecting, for a second at the
 * most. Thread-safe.
 */
record AggregatorProbe(Endpoint target) implements Supplier<Health> {
  private static final Duration DEADLINE = Duration.ofSeconds(1);

  @Override
  public Health get() {
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(target.host(), target.port()), (int) DEADLINE.toMillis());
      return Health.ok();
    } catch (IOException e) {
      return Health.failing("it cannot be reached");
    }
  }
}
