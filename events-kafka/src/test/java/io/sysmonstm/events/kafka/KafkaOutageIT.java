package io.sysmonstm.events.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Topic;
import io.sysmonstm.test.servers.KafkaServer;
import io.sysmonstm.testkit.Eventually;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KafkaOutageIT {
  private static final Set<Topic> METRICS = Set.of(Topic.METRICS_RAW);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static KafkaServer server;

  private final SelfMetrics metrics = new SelfMetrics();
  private final String prefix = UUID.randomUUID() + ".";
  private final Queue<Event> live = new ConcurrentLinkedQueue<>();
  private final Queue<Event> shared = new ConcurrentLinkedQueue<>();
  private EventBus bus;
  private long seq;

  @BeforeAll
  static void openServer() {
    server = KafkaServer.open();
  }

  @AfterAll
  static void closeServer() {
    server.close();
  }

  @BeforeEach
  void startServer() {
    server.start();
  }

  @AfterEach
  void closeBus() {
    bus.close();
  }

  private void open(int queue) {
    bus = Buses.builder(server.bootstrapServers(), prefix, metrics).queue(queue).open();
  }

  /** Publishes, and shows that it waits for nothing: each wait would be a second. */
  private void publish(int events) {
    long begin = System.nanoTime();
    for (int i = 0; i < events; i++) {
      bus.publish(Buses.event(i % 10, ++seq));
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
  }

  private void subscribe() {
    bus.subscribe("live", METRICS, live::add);
    bus.share("alerts", METRICS, shared::add);
  }

  private void allCame() {
    Eventually.until(
        "all came to both",
        PATIENCE,
        () -> Buses.names(live).size() == seq && Buses.names(shared).size() == seq);
  }

  private void becomesHealthy() {
    Eventually.until("healthy", PATIENCE, () -> bus.health().isOk());
  }

  private void saysThatKafkaIsAway() {
    Eventually.until("unhealthy", Duration.ofSeconds(10), () -> !bus.health().isOk());
    assertThat(bus.health().problem().orElseThrow())
        .contains("Kafka")
        .doesNotContain("127.0.0.1", "localhost", "0.0.0.0");
  }

  @Test
  void aBusStartsWithoutABrokerAndDeliversWhatWasPublishedMeanwhile() {
    server.stop();
    open(1_000);
    saysThatKafkaIsAway();
    subscribe();
    publish(300);
    server.start();
    allCame();
    becomesHealthy();
  }

  @Test
  void aBusThatLosesItsBrokerCatchesUpWhenItIsBack() {
    open(1_000);
    subscribe();
    publish(100);
    allCame();
    becomesHealthy();
    server.stop();
    publish(50);
    saysThatKafkaIsAway();
    publish(500);
    server.start();
    publish(50);
    allCame();
    becomesHealthy();
    assertThat(Buses.count(metrics, "events_publish_dropped_total")).isZero();
  }

  @Test
  void aLongOutageCostsTheOldestAndIsCounted() {
    open(100);
    subscribe();
    publish(1);
    allCame();
    server.stop();
    saysThatKafkaIsAway();
    publish(1_000);
    server.start();
    Eventually.until(
        "the newest came", PATIENCE, () -> Buses.names(shared).contains("web-9/" + seq));
    double dropped = Buses.count(metrics, "events_publish_dropped_total");
    assertThat(dropped).isBetween(890.0, 900.0);
    Eventually.until(
        "what was not dropped came", PATIENCE, () -> Buses.names(live).size() + dropped == seq);
  }
}
