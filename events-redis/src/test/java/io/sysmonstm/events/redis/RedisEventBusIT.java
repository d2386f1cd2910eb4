package io.sysmonstm.events.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.KillArgs;
import io.lettuce.core.Range;
import io.lettuce.core.RedisURI;
import io.sysmonstm.redis.client.RedisConnector;
import io.sysmonstm.redis.client.TlsFiles;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Topic;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisEventBusIT {
  private static final Set<Topic> METRICS = EnumSet.of(Topic.METRICS_RAW);
  // Where the events of the machine go, with two partitions.
  private static final String KEY = "metrics.raw." + Math.floorMod("web-1".hashCode(), 2);
  private static final Duration NOTICED = Duration.ofSeconds(3);
  private static final Duration BACK = Duration.ofSeconds(10);

  private final SelfMetrics metrics = new SelfMetrics();
  private final Context context = new Context(metrics);
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (var each : opened.reversed()) {
      each.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void startsWhileTheServerIsDownAndDeliversOnceItIsUp(boolean streams) {
    var server = opened(RedisServer.stopped());
    var bus = bus(server, streams);
    var got = new ConcurrentLinkedQueue<Event>();
    bus.subscribe("test", METRICS, got::add);
    bus.share("group", METRICS, got::add);
    assertThat(bus.health().problem()).hasValue("Redis cannot be reached");
    server.start();

    Eventually.until("healthy", BACK, () -> bus.health().isOk());
    bus.publish(event(1));

    Eventually.until("both got it", () -> got.size() == 2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goesOnAfterTheServerCameBackEmpty(boolean streams) {
    var server = opened(RedisServer.running());
    var bus = bus(server, streams);
    var got = new ConcurrentLinkedQueue<Event>();
    bus.subscribe("test", METRICS, got::add);
    bus.share("group", METRICS, got::add);
    bus.publish(event(1));
    Eventually.until("delivered", () -> got.size() == 2);

    server.stop();
    Eventually.until("noticed", NOTICED, () -> !bus.health().isOk());
    server.start();
    Eventually.until("healthy", BACK, () -> bus.health().isOk());
    bus.publish(event(2));

    Eventually.until("both got it", () -> got.stream().filter(e -> seq(e) == 2).count() == 2);
    assertThat(count("events_gaps_total")).isPositive();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void publishesWithoutWaitingWhileTheServerIsFrozen(boolean streams) {
    var server = opened(RedisServer.running());
    var bus = bus(server, streams);
    var got = new ConcurrentLinkedQueue<Event>();
    bus.subscribe("test", METRICS, got::add);
    bus.publish(event(1));
    Eventually.until("delivered", () -> got.size() == 1);
    server.pause();
    try {
      long begin = System.nanoTime();
      for (int seq = 2; seq <= 15_000; seq++) {
        bus.publish(event(seq));
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
      Eventually.until("noticed", NOTICED, () -> !bus.health().isOk());
      assertThat(count("events_publish_queued")).isLessThanOrEqualTo(10_000);
      assertThat(count("events_publish_dropped_total")).isPositive();
    } finally {
      server.resume();
    }

    Eventually.until("back", BACK, () -> bus.health().isOk());
    bus.publish(event(20_000));
    Eventually.until("goes on", () -> got.stream().anyMatch(each -> seq(each) == 20_000));
  }

  @Test
  void deliversWhatAStreamGotWhileASubscriberWasCutOff() {
    var server = opened(RedisServer.running());
    var sender = bus(server, true);
    var receiver = bus(server, true);
    var got = new ConcurrentLinkedQueue<Event>();
    receiver.subscribe("test", METRICS, got::add);
    sender.publish(event(1));
    Eventually.until("delivered", () -> got.size() == 1);
    try (var connector = connector(server);
        var connection = connector.connect()) {
      for (int seq = 2; seq <= 200; seq++) {
        sender.publish(event(seq));
        if (seq % 50 == 0) {
          connection.sync().clientKill(KillArgs.Builder.typeNormal().skipme());
        }
      }
    }

    Eventually.until("all came", () -> seqs(got).containsAll(upTo(200)));
    assertThat(count("events_gaps_total")).isZero();
  }

  @Test
  void anotherMemberGetsWhatOneThatDiedHadNotFinished() throws Exception {
    var server = opened(RedisServer.running());
    var sender = bus(server, true);
    // Closed before its bus is, so that nothing is handed back: as if the process were killed.
    var cut = connector(server);
    var dying = opened(RedisEventBus.builder(context, () -> cut).streams(1_000, 2).build());
    var stuck = new CountDownLatch(1);
    dying.share(
        "group",
        METRICS,
        event -> {
          stuck.countDown();
          park();
        });
    sender.publish(event(1));
    sender.publish(event(2));
    stuck.await();
    var got = new ConcurrentLinkedQueue<Event>();
    var survivor = bus(server, true);
    survivor.share("group", METRICS, got::add);
    cut.close();

    Eventually.until("all came", Duration.ofSeconds(20), () -> seqs(got).equals(upTo(2)));
    try (var connector = connector(server);
        var connection = connector.connect()) {
      Eventually.until(
          "all is acknowledged", () -> connection.sync().xpending(KEY, "group").getCount() == 0);
    }
  }

  @Test
  void keepsAboutAsMuchOfAStreamAsItIsToldTo() {
    var server = opened(RedisServer.running());
    var bus =
        opened(RedisEventBus.builder(context, () -> connector(server)).streams(100, 1).build());
    for (int seq = 1; seq <= 1_000; seq++) {
      bus.publish(event(seq));
    }
    Eventually.until("published", () -> count("events_published_total") == 1_000);

    try (var connector = connector(server);
        var connection = connector.connect()) {
      assertThat(connection.sync().xlen("metrics.raw")).isBetween(100L, 300L);
      var entry = connection.sync().xrevrange("metrics.raw", Range.unbounded()).getFirst();
      assertThat(new String(entry.getBody().get("event"), StandardCharsets.UTF_8))
          .startsWith("{\"type\":\"metrics\"");
    }
  }

  @Test
  void skipsMessagesThatAreNoEvents() {
    var server = opened(RedisServer.running());
    var bus = bus(server, true);
    var got = new ConcurrentLinkedQueue<Event>();
    bus.subscribe("test", METRICS, got::add);
    bus.share("group", METRICS, got::add);
    try (var connector = connector(server);
        var connection = connector.connect()) {
      var bytes = "{\"type\":".getBytes(StandardCharsets.UTF_8);
      connection.sync().xadd(KEY, "event", bytes);
      connection.sync().xadd(KEY, "other", bytes);
    }
    bus.publish(event(1));

    Eventually.until("both got it", () -> got.size() == 2);
    assertThat(count("events_unreadable_total")).isEqualTo(2);
  }

  private static void park() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private EventBus bus(RedisServer server, boolean streams) {
    var builder = RedisEventBus.builder(context, () -> connector(server));
    return opened((streams ? builder.streams(20_000, 2) : builder).build());
  }

  private static RedisConnector connector(RedisServer server) {
    return new RedisConnector(RedisURI.create(server.url()), TlsFiles.none());
  }

  private <T extends AutoCloseable> T opened(T each) {
    opened.add(each);
    return each;
  }

  private MetricsEvent event(long seq) {
    return new BatchBuilder(
            context.series(), "web-1", seq, Instant.parse("2026-01-01T00:00:00Z").plusSeconds(seq))
        .sample("cpu_percent", 1)
        .event();
  }

  private static long seq(Event event) {
    return ((MetricsEvent) event).batch().seq();
  }

  private static Set<Long> seqs(Queue<Event> events) {
    return events.stream().map(RedisEventBusIT::seq).collect(Collectors.toSet());
  }

  private static Set<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().collect(Collectors.toSet());
  }

  private double count(String name) {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals(name))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }
}
