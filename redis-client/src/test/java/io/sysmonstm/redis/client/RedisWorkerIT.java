package io.sysmonstm.redis.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.Eventually;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RedisWorkerIT {
  @Test
  void goesOnAfterATurnThatFailedInAnUnforeseenWay() {
    var metrics = new SelfMetrics();
    var turns = new AtomicInteger();
    try (var server = RedisServer.running();
        var connector = new RedisConnector(RedisURI.create(server.url()), TlsFiles.none());
        var worker =
            new RedisWorker<>(
                "test",
                metrics,
                connector::connect,
                connection -> {
                  if (turns.incrementAndGet() == 1) {
                    throw new NoClassDefFoundError("deliberate");
                  }
                  Replies.soon().await(connection.async().ping());
                })) {
      worker.start();

      Eventually.until("works", () -> worker.health().isOk());
      assertThat(worker.connection()).isPresent();
      assertThat(turns.get()).isGreaterThan(1);
    }
  }
}
