package io.sysmonstm.events.kafka;

import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the bus for {@code events.bus: kafka}. Thread-safe. */
public final class KafkaEventBusProvider implements EventBusProvider {
  private static final Setting<List<String>> SERVERS =
      Setting.list("kafka.bootstrap-servers", "The Kafka brokers to begin with, host:port.")
          .withDefault("localhost:9092");
  private static final Setting<String> PREFIX =
      Setting.of(
              "kafka.topic-prefix",
              "What the names of topics and groups begin with.",
              "at most 200 of A-Z a-z 0-9 . _ -, or nothing",
              text -> text.matches("[A-Za-z0-9._-]{0,200}") ? Optional.of(text) : Optional.empty())
          .withDefault("");
  private static final Setting<Integer> PARTITIONS =
      Setting.number(
              "kafka.partitions",
              "How many partitions a topic gets when it is made: the most members of a group.",
              1,
              1_000)
          .withDefault("8");
  private static final Setting<Duration> RETENTION =
      Setting.duration(
              "kafka.retention", "How long the topic of metrics keeps messages when it is made.")
          .withDefault("1h");
  private static final Setting<Integer> QUEUE =
      Setting.number(
              "kafka.queue",
              "How many events wait for Kafka before the oldest is dropped.",
              1,
              1_000_000)
          .withDefault("10000");
  private static final Setting<Map<String, String>> PROPERTIES =
      Setting.map(
              "kafka.properties",
              "Properties of the Kafka clients by Kafka's own names, for security above all.")
          .withDefault("")
          .asSecret();

  /** Called by the service loader. */
  public KafkaEventBusProvider() {}

  @Override
  public String type() {
    return "kafka";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(SERVERS, PREFIX, PARTITIONS, RETENTION, QUEUE, PROPERTIES);
  }

  @Override
  public EventBus create(Settings settings, ProviderContext context) {
    return KafkaEventBus.builder(context.series())
        .bootstrapServers(settings.get(SERVERS))
        .topicPrefix(settings.get(PREFIX))
        .partitions(settings.get(PARTITIONS))
        .retention(settings.get(RETENTION))
        .queue(settings.get(QUEUE))
        .properties(settings.get(PROPERTIES))
        .metrics(context.metrics())
        .time(context.time())
        .open();
  }
}
