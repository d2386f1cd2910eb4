package io.sysmonstm.events.redis;

import io.lettuce.core.RedisURI;
import io.sysmonstm.redis.client.RedisConnector;
import io.sysmonstm.redis.client.TlsFiles;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.EventBusContract;
import io.sysmonstm.testkit.Eventually;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisPubSubContractIT extends EventBusContract {
  private static RedisServer server;

  @BeforeAll
  static void start() {
    server = RedisServer.running();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected EventBus createBus(int queue, SelfMetrics counts) {
    server.clear();
    return open(queue, counts);
  }

  @Override
  protected Optional<EventBus> createPeer(int queue, SelfMetrics counts) {
    return Optional.of(open(queue, counts));
  }

  private static EventBus open(int queue, SelfMetrics counts) {
    var bus =
        RedisEventBus.builder(
                new Context(counts),
                () -> new RedisConnector(RedisURI.create(server.url()), TlsFiles.none()))
            .queue(queue)
            .build();
    Eventually.until("it is connected", () -> bus.health().isOk());
    return bus;
  }
}
