package io.sysmonstm.events.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a subscription begins to read, and where it goes on when the server has deleted what comes
 * next. Confined to the thread of its consumer.
 */
final class Places {
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private final Instant since;

  /**
   * Creates them.
   *
   * @param since when the subscription was made
   */
  Places(Instant since) {
    this.since = since;
  }

  /** Moves to what is published from now on. */
  static Map<TopicPartition, Long> seekToEnd(
      Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    var ends = consumer.endOffsets(partitions, DEADLINE);
    ends.forEach(consumer::seek);
    return ends;
  }

  /**
   * Moves to what was published since the subscription was made, by the clock of the publishers.
   */
  Map<TopicPartition, Long> seekToBegin(
      Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    // In this order, so that what comes in between is not skipped.
    var ends = consumer.endOffsets(partitions, DEADLINE);
    var times = new HashMap<TopicPartition, Long>();
    partitions.forEach(partition -> times.put(partition, since.toEpochMilli()));
    var found = consumer.offsetsForTimes(times, DEADLINE);
    var places = new HashMap<TopicPartition, Long>();
    ends.forEach(
        (partition, end) -> {
          var first = found.get(partition);
          long offset = first == null ? end : first.offset();
          consumer.seek(partition, offset);
          places.put(partition, offset);
        });
    return places;
  }

  /**
   * Goes on after a place was not there.
   *
   * @return how many messages were lost with it
   */
  long mend(Consumer<?, ?> consumer, InvalidOffsetException e) {
    return switch (e) {
      case OffsetOutOfRangeException gone -> skipGap(consumer, gone.offsetOutOfRangePartitions());
      case NoOffsetForPartitionException none -> {
        seekToBegin(consumer, none.partitions());
        yield 0;
      }
      default -> throw e;
    };
  }

  private static long skipGap(Consumer<?, ?> consumer, Map<TopicPartition, Long> places) {
    long lost = 0;
    var begins = consumer.beginningOffsets(places.keySet(), DEADLINE);
    for (var begin : begins.entrySet()) {
      // A place past the end belongs to a topic that was deleted and made anew.
      lost += Math.max(0, begin.getValue() - places.getOrDefault(begin.getKey(), 0L));
      consumer.seek(begin.getKey(), begin.getValue());
    }
    return lost;
  }
}
