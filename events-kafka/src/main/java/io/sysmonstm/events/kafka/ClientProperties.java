package io.sysmonstm.events.kafka;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Names;
import io.sysmonstm.json.EventJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The properties of the clients: ours, and those that an operator adds. Immutable. */
final class ClientProperties {
  private static final Duration CALL_DEADLINE = Duration.ofSeconds(5);
  private static final Duration DELIVERY_DEADLINE = Duration.ofMinutes(2);
  private static final Duration MAX_BLOCK = Duration.ofSeconds(1);
  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);
  private static final int BATCH_BYTES = 128 << 10;
  private static final long BUFFER_BYTES = 32L << 20;
  private static final int FETCH_BYTES = 8 << 20;
  private static final int POLL_RECORDS = 200;

  // What the promises of the bus rest on.
  private static final Set<String> OURS =
      Set.of(
          CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
          ProducerConfig.ACKS_CONFIG,
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.MAX_BLOCK_MS_CONFIG,
          ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
          ProducerConfig.PARTITIONER_CLASS_CONFIG,
          ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          ConsumerConfig.GROUP_PROTOCOL_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);

  private final List<String> servers;
  private final Map<String, String> added;

  /**
   * Creates them.
   *
   * @param servers hosts with ports
   * @param added properties of the client as Kafka names them
   * @throws ConfigException with all problems
   */
  ClientProperties(List<String> servers, Map<String, String> added) {
    this.servers = List.copyOf(servers);
    this.added = Map.copyOf(added);
    var problems = new ArrayList<String>();
    if (servers.isEmpty()) {
      problems.add("kafka.bootstrap-servers is empty: expected host:port, separated by commas");
    }
    for (var name : added.keySet()) {
      if (OURS.contains(name)) {
        problems.add(
            "kafka.properties.%s cannot be set: the event bus depends on its own value"
                .formatted(Names.shown(name)));
      } else if (!isKnown(name)) {
        problems.add(
            "kafka.properties.%s is not known: expected a property of a Kafka client"
                .formatted(Names.shown(name)));
      }
    }
    if (problems.isEmpty()) {
      check(problems);
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  private static boolean isKnown(String name) {
    return ProducerConfig.configNames().contains(name)
        || ConsumerConfig.configNames().contains(name)
        || AdminClientConfig.configNames().contains(name);
  }

  private void check(List<String> problems) {
    try {
      new AdminClientConfig(admin());
      new ProducerConfig(producer());
      new ConsumerConfig(consumer(Optional.of("any")));
    } catch (org.apache.kafka.common.config.ConfigException e) {
      // Kafka writes [hidden] for the value of a secret.
      problems.add("kafka.properties do not fit: " + Names.shown(String.valueOf(e.getMessage())));
    }
  }

  Map<String, Object> admin() {
    return with(AdminClientConfig.configNames(), common());
  }

  Map<String, Object> producer() {
    var properties = common();
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY_DEADLINE.toMillis());
    // With more, the second request may be taken while the first is refused by a partition that is
    // just being made; the broker then never takes the first one again.
    properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, EventJson.MAX_BYTES);
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    properties.put(ProducerConfig.COMPRESSION_GZIP_LEVEL_CONFIG, 1);
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return with(ProducerConfig.configNames(), properties);
  }

  /**
   * {@return the properties of a consumer}
   *
   * @param group the group it is a member of, if any
   */
  Map<String, Object> consumer(Optional<String> group) {
    var properties = common();
    group.ifPresent(id -> properties.put(ConsumerConfig.GROUP_ID_CONFIG, id));
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        List.of(CooperativeStickyAssignor.class));
    properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) SESSION.toMillis());
    properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) HEARTBEAT.toMillis());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) CALL_DEADLINE.toMillis());
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return with(ConsumerConfig.configNames(), properties);
  }

  private Map<String, Object> common() {
    var properties = new HashMap<String, Object>();
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
    properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) CALL_DEADLINE.toMillis());
    properties.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, 2_000L);
    properties.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, 4_000L);
    properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 100L);
    properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000L);
    properties.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, List.of());
    properties.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    return properties;
  }

  private Map<String, Object> with(Set<String> known, Map<String, Object> properties) {
    added.forEach(
        (name, value) -> {
          if (known.contains(name)) {
            properties.put(name, value);
          }
        });
    return properties;
  }
}
