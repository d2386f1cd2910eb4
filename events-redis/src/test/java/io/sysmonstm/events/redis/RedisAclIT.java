package io.sysmonstm.events.redis;

import io.lettuce.core.RedisURI;
import io.sysmonstm.redis.client.RedisConnector;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Topic;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the rights in docs/redis.md are enough. */
class RedisAclIT {
  private static final String USER =
      "ACL SETUSER sysmonstm on >password resetkeys resetchannels -@all"
          + " ~sysmonstm:* ~metrics.raw* ~alerts.fired* ~alerts.resolved* ~alerts.changed*"
          + " ~machines.status*"
          + " &metrics.raw &alerts.fired &alerts.resolved &alerts.changed &machines.status"
          + " +auth +select +ping +time";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+publish +subscribe",
        "+xadd +xread +xrange +xrevrange +xgroup +xreadgroup +xack"
            + " +eval +zadd +zrem +zcard +zscore +zremrangebyscore +pexpire +hget +hset +hdel"
      })
  void theRightsOfTheDocumentationAreEnough(String rights) {
    try (var server = RedisServer.running()) {
      server.execute(USER + " " + rights);
      var url = server.url().replace("redis://", "redis://sysmonstm:password@");
      var builder =
          RedisEventBus.builder(
              new Context(new SelfMetrics()),
              () -> new RedisConnector(RedisURI.create(url), Optional.empty()));
      var context = new Context(new SelfMetrics());
      try (var bus = (rights.contains("xadd") ? builder.streams(100, 2) : builder).build()) {
        var got = new ConcurrentLinkedQueue<Event>();
        bus.subscribe("test", EnumSet.allOf(Topic.class), got::add);
        bus.share("group", EnumSet.allOf(Topic.class), got::add);
        bus.publish(
            new BatchBuilder(context.series(), "web-1", 1, Instant.EPOCH)
                .sample("cpu_percent", 1)
                .event());
        Eventually.until("both got it", () -> got.size() == 2);
        Eventually.until("healthy", () -> bus.health().isOk());
      }
    }
  }
}
