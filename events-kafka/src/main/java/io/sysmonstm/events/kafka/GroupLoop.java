package io.sysmonstm.events.kafka;

import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * A member of a group. The handler has a thread of its own, so that the member polls, and stays in
 * the group, however slow it is. Only what the handler has finished is committed: what a member
 * leaves behind comes to the next owner of the partition.
 */
final class GroupLoop extends ConsumerLoop implements ConsumerRebalanceListener {
  private static final EventLog LOG = EventLog.of(KafkaEventBus.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration COMMIT_EVERY = Duration.ofSeconds(1);
  private static final Duration COMMIT_DEADLINE = Duration.ofSeconds(3);
  private static final Duration HAND_OVER = Duration.ofSeconds(5);

  private final String group;
  // Confined to the thread of the consumer, but read by who closes.
  private volatile @Nullable HandlerQueue queue;
  private volatile @Nullable KafkaConsumer<byte[], byte[]> member;
  private long committedNanos;
  private boolean busy;
  // Read from any thread.
  private volatile Set<TopicPartition> assigned = Set.of();

  GroupLoop(
      Connection connection,
      Set<Topic> topics,
      EventHandler handler,
      Consumer<ConsumerLoop> onClose) {
    super(connection, topics, handler, onClose);
    this.group = connection.topics().prefix() + handler.name();
  }

  @Override
  KafkaConsumer<byte[], byte[]> begin() {
    var consumer = new KafkaConsumer<byte[], byte[]>(properties.consumer(Optional.of(group)));
    queue = new HandlerQueue(handler);
    member = consumer;
    busy = false;
    consumer.subscribe(topics, this);
    return consumer;
  }

  @Override
  public boolean owns(String machineId) {
    var mine = assigned;
    var counts = partitions();
    return counts.keySet().containsAll(topics)
        && topics.stream().allMatch(topic -> mine.contains(place(topic, machineId, counts)));
  }

  /** Where the producer puts what it is given with this key: see {@link EventSender}. */
  private static TopicPartition place(String topic, String machineId, Map<String, Integer> counts) {
    var key = machineId.getBytes(StandardCharsets.UTF_8);
    int count = counts.getOrDefault(topic, 1);
    return new TopicPartition(topic, BuiltInPartitioner.partitionForKey(key, count));
  }

  private void lose(Collection<TopicPartition> partitions) {
    var left = new HashSet<>(assigned);
    left.removeAll(partitions);
    assigned = Set.copyOf(left);
  }

  private HandlerQueue queue() {
    var present = queue;
    if (present == null) {
      throw new IllegalStateException("not begun");
    }
    return present;
  }

  private KafkaConsumer<byte[], byte[]> member() {
    var present = member;
    if (present == null) {
      throw new IllegalStateException("not begun");
    }
    return present;
  }

  @Override
  void turn(KafkaConsumer<byte[], byte[]> consumer) {
    for (var message : consumer.poll(busy ? Duration.ZERO : POLL)) {
      queue().add(message);
      busy = true;
    }
    if (!busy) {
      commit(consumer, COMMIT_EVERY);
      return;
    }
    consumer.pause(consumer.assignment());
    if (awaitIdle()) {
      busy = false;
      consumer.resume(consumer.paused());
    }
    commit(consumer, COMMIT_EVERY);
  }

  private boolean awaitIdle() {
    try {
      return queue().awaitIdle(POLL);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private void commit(KafkaConsumer<byte[], byte[]> consumer, Duration every) {
    long now = System.nanoTime();
    if (now - committedNanos < every.toNanos()) {
      return;
    }
    committedNanos = now;
    var finished = queue().takeFinished();
    if (finished.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(finished, COMMIT_DEADLINE);
    } catch (CommitFailedException e) {
      LOG.warn(
          "kafka_membership_lost",
          "the group went on without this member; others get these events again",
          e,
          "subscription",
          handler.name());
    } catch (InterruptException | WakeupException e) {
      queue().putBack(finished);
      throw e;
    } catch (KafkaException e) {
      queue().putBack(finished);
      LOG.warn("kafka_commit_failed", BrokerWatch.text(e), e, "subscription", handler.name());
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    var consumer = member();
    var known = consumer.committed(new HashSet<>(partitions), COMMIT_DEADLINE);
    var fresh = partitions.stream().filter(each -> known.get(each) == null).toList();
    if (!fresh.isEmpty()) {
      // At once, so that who takes over begins where this member did.
      var begins = new HashMap<TopicPartition, OffsetAndMetadata>();
      places
          .seekToBegin(consumer, fresh)
          .forEach((at, offset) -> begins.put(at, new OffsetAndMetadata(offset)));
      consumer.commitSync(begins, COMMIT_DEADLINE);
    }
    assigned = Set.copyOf(consumer.assignment());
    if (busy) {
      consumer.pause(consumer.assignment());
    }
    hasBegun();
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    lose(partitions);
    try {
      queue().drop(partitions, HAND_OVER);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    commit(member(), Duration.ZERO);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    lose(partitions);
    try {
      queue().drop(partitions, Duration.ZERO);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    queue().forget(partitions);
  }

  @Override
  void letGo(KafkaConsumer<byte[], byte[]> consumer) {
    assigned = Set.of();
    try {
      queue().close(CLOSE_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      commit(consumer, Duration.ZERO);
    } catch (WakeupException e) {
      // The wake-up of close, which was not used up yet.
      commit(consumer, Duration.ZERO);
    }
  }

  @Override
  boolean isHandlerThread(Thread caller) {
    var present = queue;
    return present != null && present.isThread(caller);
  }

  @Override
  void interruptHandler(Thread consumerThread) {
    // Its queue does, when it is closed by the thread of the consumer.
  }
}
