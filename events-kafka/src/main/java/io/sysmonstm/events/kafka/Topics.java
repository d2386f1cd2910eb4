package io.sysmonstm.events.kafka;

import io.sysmonstm.json.EventJson;
import io.sysmonstm.spi.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topics of the bus on the server.
 *
 * @param prefix what their names begin with
 * @param partitions how many partitions a topic gets when it is made
 * @param retention how long a topic of metrics keeps its messages when it is made
 */
record Topics(String prefix, int partitions, Duration retention) {
  String name(Topic topic) {
    return prefix + topic.text();
  }

  Set<String> names() {
    return Stream.of(Topic.values()).map(this::name).collect(Collectors.toUnmodifiableSet());
  }

  Topic topic(String name) {
    for (var topic : Topic.values()) {
      if (name.equals(name(topic))) {
        return topic;
      }
    }
    throw new IllegalArgumentException("no topic of the bus: " + name);
  }

  /** {@return how a topic is made; as often replicated as the server's default says} */
  NewTopic definition(String name) {
    Map<String, String> configs = new HashMap<>();
    configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(EventJson.MAX_BYTES));
    if (topic(name) == Topic.METRICS_RAW) {
      configs.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
      // What is past its retention goes by whole segments.
      configs.put(
          TopicConfig.SEGMENT_MS_CONFIG, Long.toString(Math.max(1, retention.toMillis() / 4)));
    }
    return new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(configs);
  }
}
