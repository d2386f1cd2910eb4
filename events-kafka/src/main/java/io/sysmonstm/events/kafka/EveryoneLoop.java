package io.sysmonstm.events.kafka;

import io.sysmonstm.spi.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * A subscription that gets everything: it reads all partitions, without a group, from the time it
 * was made. The handler runs in the thread of the consumer: what a slow one has not read waits on
 * the server.
 */
final class EveryoneLoop extends ConsumerLoop {
  private static final Duration POLL = Duration.ofMillis(200);

  private final BrokerWatch watch;
  // Where to go on with another consumer; confined to the thread of the consumer.
  private final Map<TopicPartition, Long> next = new HashMap<>();

  EveryoneLoop(
      Connection connection,
      Set<Topic> topics,
      EventHandler handler,
      Consumer<ConsumerLoop> onClose) {
    super(connection, topics, handler, onClose);
    this.watch = connection.watch();
  }

  @Override
  KafkaConsumer<byte[], byte[]> begin() {
    return new KafkaConsumer<>(properties.consumer(Optional.empty()));
  }

  @Override
  void turn(KafkaConsumer<byte[], byte[]> consumer) {
    assign(consumer);
    for (var message : consumer.poll(POLL)) {
      if (isClosing()) {
        return;
      }
      handler.handle(message);
      next.put(new TopicPartition(message.topic(), message.partition()), message.offset() + 1);
    }
  }

  /** Takes all partitions, and those that came with time. */
  private void assign(KafkaConsumer<byte[], byte[]> consumer) {
    var wanted = new HashSet<TopicPartition>();
    watch
        .partitions()
        .forEach(
            (topic, count) -> {
              for (int i = 0; topics.contains(topic) && i < count; i++) {
                wanted.add(new TopicPartition(topic, i));
              }
            });
    var fresh = new HashSet<>(wanted);
    fresh.removeAll(consumer.assignment());
    if (fresh.isEmpty()) {
      return;
    }
    consumer.assign(wanted);
    next.forEach(
        (partition, offset) -> {
          if (fresh.remove(partition)) {
            consumer.seek(partition, offset);
          }
        });
    place(consumer, fresh);
  }

  private void place(KafkaConsumer<byte[], byte[]> consumer, Set<TopicPartition> fresh) {
    boolean first = !isBegun() && isAwaited();
    var ends = first ? Places.seekToEnd(consumer, fresh) : Map.<TopicPartition, Long>of();
    // Who subscribed has gone on already, as when the server was down: all that came since.
    next.putAll(first && isAwaited() ? ends : places.seekToBegin(consumer, fresh));
    hasBegun();
  }

  @Override
  void letGo(KafkaConsumer<byte[], byte[]> consumer) {}

  @Override
  boolean isHandlerThread(Thread caller) {
    return isConsumerThread(caller);
  }
}
