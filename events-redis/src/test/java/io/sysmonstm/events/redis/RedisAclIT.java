package io.sysmonstm.events.redis;

import io.lettuce.core.RedisURI;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.redis.client.RedisConnector;
import io.sysmonstm.redis.client.TlsFiles;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Topic;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.test.servers.RedisUser;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** That the user of docs/redis.md has the rights that events need. */
class RedisAclIT {
  private static final RedisUser USER = RedisUser.documentedIn(Path.of("../docs/redis.md"));

  @Test
  void pubSubNeedsOneLineOfRights() {
    reachesASubscriptionAndAGroup(USER.without("+hset", "+xadd", "+eval"), builder -> builder);
  }

  @Test
  void streamsNeedTwo() {
    reachesASubscriptionAndAGroup(
        USER.without("+hset", "+publish"), builder -> builder.streams(100, 2));
  }

  @Test
  void whatAUserMayNotDoIsTold() {
    try (var server = RedisServer.running()) {
      server.execute(USER.without("+xadd", "+eval").command());
      try (var bus = builder(server).streams(100, 1).build()) {
        publish(bus);
        Eventually.until(
            "told",
            () ->
                bus.health()
                    .problem()
                    .orElse("")
                    .contains("does not permit a command: the ACL of the user lacks it"));
      }
    }
  }

  private static void reachesASubscriptionAndAGroup(
      RedisUser user, UnaryOperator<RedisEventBus.Builder> kind) {
    try (var server = RedisServer.running()) {
      server.execute(user.command());
      try (var bus = kind.apply(builder(server)).build()) {
        var got = new ConcurrentLinkedQueue<Event>();
        bus.subscribe("test", EnumSet.allOf(Topic.class), got::add);
        bus.share("group", EnumSet.allOf(Topic.class), got::add);
        publish(bus);
        Eventually.until("both got it", () -> got.size() == 2);
        Eventually.until("healthy", () -> bus.health().isOk());
      }
    }
  }

  private static RedisEventBus.Builder builder(RedisServer server) {
    var url = USER.login(server.url());
    return RedisEventBus.builder(
        new Context(new SelfMetrics()),
        () -> new RedisConnector(RedisURI.create(url), TlsFiles.none()));
  }

  private static void publish(RedisEventBus bus) {
    bus.publish(
        new BatchBuilder(new SeriesRegistry(), "web-1", 1, Instant.EPOCH)
            .sample("cpu_percent", 1)
            .event());
  }
}
