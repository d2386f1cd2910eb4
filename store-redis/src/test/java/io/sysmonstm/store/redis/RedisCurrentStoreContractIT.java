package io.sysmonstm.store.redis;

import io.lettuce.core.RedisURI;
import io.sysmonstm.redis.client.RedisConnector;
import io.sysmonstm.redis.client.TlsFiles;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.CurrentStoreContract;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisCurrentStoreContractIT extends CurrentStoreContract {
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
  protected Duration timeToLive() {
    return Duration.ofSeconds(1);
  }

  @Override
  protected void pass(ManualTime clock, Duration by) {
    // Samples expire by the server's clock.
    clock.advance(by);
    long end = System.nanoTime() + by.toNanos();
    Eventually.until("the time is over", () -> System.nanoTime() - end > 0);
  }

  @Override
  protected CurrentStore create(ProviderContext context, Duration timeToLive) {
    server.clear();
    var store =
        RedisCurrentStore.builder(context, RedisCurrentStoreContractIT::connector)
            .timeToLive(timeToLive)
            .build();
    Eventually.until("it is connected", () -> store.health().isOk());
    return store;
  }

  private static RedisConnector connector() {
    return new RedisConnector(RedisURI.create(server.url()), TlsFiles.none());
  }
}
