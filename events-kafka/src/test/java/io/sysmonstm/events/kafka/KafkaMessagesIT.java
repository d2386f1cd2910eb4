package io.sysmonstm.events.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Topic;
import io.sysmonstm.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** The topics as others see them, and what others may do to them. */
class KafkaMessagesIT {
  private static final Set<Topic> METRICS = Set.of(Topic.METRICS_RAW);
  private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", Broker.address());

  private final SelfMetrics metrics = new SelfMetrics();
  private final String prefix = UUID.randomUUID() + ".";
  private final String topic = prefix + "metrics.raw";
  private final Queue<Event> got = new ConcurrentLinkedQueue<>();

  private KafkaEventBus.Builder builder() {
    return Buses.builder(Broker.address(), prefix, metrics);
  }

  @Test
  void topicsAreMadeAsConfigured() throws Exception {
    try (var bus = builder().partitions(5).retention(Duration.ofMinutes(7)).open();
        var admin = Admin.create(CLIENT)) {
      Eventually.until("topics are there", () -> bus.health().isOk());
      var names =
          List.of(
              "metrics.raw",
              "alerts.fired",
              "alerts.resolved",
              "alerts.changed",
              "machines.status");
      var topics =
          admin.describeTopics(names.stream().map(prefix::concat).toList()).allTopicNames().get();
      assertThat(topics.values()).hasSize(5).allMatch(each -> each.partitions().size() == 5);
      var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
      var config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
      assertThat(config.get("retention.ms").value()).isEqualTo("420000");
      assertThat(config.get("max.message.bytes").value()).isEqualTo("8388608");
    }
  }

  @Test
  void othersReadJsonKeyedByMachine() {
    try (var bus = builder().open();
        var other =
            new KafkaConsumer<>(CLIENT, new StringDeserializer(), new StringDeserializer())) {
      bus.publish(Buses.event(1, 7));
      Eventually.until("taken", () -> Buses.count(metrics, "events_published_total") == 1);
      var partitions = new ArrayList<TopicPartition>();
      for (int i = 0; i < 3; i++) {
        partitions.add(new TopicPartition(topic, i));
      }
      other.assign(partitions);
      other.seekToBeginning(partitions);
      var messages = new ArrayList<String>();
      Eventually.until(
          "read",
          () -> {
            other
                .poll(Duration.ofMillis(100))
                .forEach(each -> messages.add(each.key() + each.value()));
            return !messages.isEmpty();
          });
      assertThat(messages.getFirst())
          .startsWith("web-1{\"type\":\"metrics\",\"timestamp\":\"2026-01-01T00:00:07.000Z\"");
    }
  }

  @Test
  void whatIsNoEventIsSkippedAndCounted() throws Exception {
    try (var bus = builder().open();
        var other = new KafkaProducer<>(CLIENT, new StringSerializer(), new StringSerializer())) {
      bus.share("alerts", METRICS, got::add);
      Eventually.until("topics are there", () -> bus.health().isOk());
      for (var rubbish : List.of("", "{}", "[[[[", "\u0000")) {
        other.send(new ProducerRecord<>(topic, "web-1", rubbish)).get();
      }
      other.send(new ProducerRecord<>(topic, null, null)).get();
      bus.publish(Buses.event(1, 1));
      Eventually.until("the event came", () -> got.size() == 1);
      Eventually.until("counted", () -> Buses.count(metrics, "events_unreadable_total") == 5);
    }
  }

  @Test
  void whatTheServerDeletedBeforeASlowHandlerCameToItIsCounted() throws Exception {
    var release = new CountDownLatch(1);
    try (var bus =
            builder()
                .partitions(1)
                .properties(
                    Map.of(
                        "max.poll.records",
                        "1",
                        "fetch.max.bytes",
                        "1",
                        "compression.type",
                        "none",
                        "batch.size",
                        "0"))
                .open();
        var admin = Admin.create(CLIENT)) {
      bus.subscribe(
          "slow",
          METRICS,
          event -> {
            try {
              assertThat(release.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            got.add(event);
          });
      int sent = 100;
      for (int seq = 1; seq <= sent; seq++) {
        bus.publish(Buses.event(1, seq));
      }
      Eventually.until("all taken", () -> Buses.count(metrics, "events_published_total") == sent);
      admin
          .deleteRecords(
              Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(sent - 10)))
          .all()
          .get();
      release.countDown();
      Eventually.until(
          "each came or is counted",
          () -> got.size() + Buses.count(metrics, "events_dropped_total") == sent);
      assertThat(got).hasSizeBetween(10, 20);
    }
  }

  @Test
  void aHandlerThatLeavesTheMarkOfAnInterruptGetsTheNextEventsToo() {
    Queue<Event> shared = new ConcurrentLinkedQueue<>();
    try (var bus = builder().open()) {
      bus.subscribe(
          "live",
          METRICS,
          event -> {
            got.add(event);
            Thread.currentThread().interrupt();
          });
      bus.share(
          "alerts",
          METRICS,
          event -> {
            shared.add(event);
            Thread.currentThread().interrupt();
          });
      for (int seq = 1; seq <= 5; seq++) {
        bus.publish(Buses.event(1, seq));
      }
      Eventually.until("all came", () -> got.size() == 5 && shared.size() == 5);
    }
  }

  @Test
  void whatAGroupHasNotFinishedComesAgainToItsNextMember() {
    var release = new CountDownLatch(1);
    try (var bus = builder().open()) {
      var first =
          bus.share(
              "alerts",
              METRICS,
              event -> {
                try {
                  assertThat(release.await(60, TimeUnit.SECONDS)).isTrue();
                  got.add(event);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      Eventually.until("topics are there", () -> bus.health().isOk());
      for (int seq = 1; seq <= 20; seq++) {
        bus.publish(Buses.event(1, seq));
      }
      Eventually.until("stuck", () -> Buses.count(metrics, "events_delivered_total") == 1);
      first.close();
      assertThat(got).isEmpty();
      bus.share("alerts", METRICS, got::add);
      Eventually.until("all came again", Duration.ofSeconds(60), () -> got.size() == 20);
      assertThat(got).extracting(Buses::name).startsWith("web-1/1", "web-1/2");
    }
  }
}
