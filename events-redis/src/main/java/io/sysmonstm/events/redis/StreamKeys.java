package io.sysmonstm.events.redis;

import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.Topic;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The streams of each topic: one, or one for each partition of the machines. Immutable.
 *
 * @param partitions 1 or more
 */
record StreamKeys(int partitions) {
  /** {@return where an event goes; those of one machine to the same stream of a topic} */
  String of(Event event) {
    return of(event.topic(), partition(event.machineId()));
  }

  int partition(String machineId) {
    return Math.floorMod(machineId.hashCode(), partitions);
  }

  private String of(Topic topic, int partition) {
    return partitions == 1 ? topic.text() : topic.text() + "." + partition;
  }

  /** {@return the topic of each stream of one partition} */
  Map<String, Topic> of(Set<Topic> topics, int partition) {
    var keys = new LinkedHashMap<String, Topic>();
    topics.forEach(topic -> keys.put(of(topic, partition), topic));
    return keys;
  }

  /** {@return the topic of each stream} */
  Map<String, Topic> all(Set<Topic> topics) {
    var keys = new LinkedHashMap<String, Topic>();
    for (int partition = 0; partition < partitions; partition++) {
      keys.putAll(of(topics, partition));
    }
    return keys;
  }
}
