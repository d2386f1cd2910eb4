package io.sysmonstm.events.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.sysmonstm.redis.client.RedisWorker;
import io.sysmonstm.redis.client.Replies;
import io.sysmonstm.spi.Topic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads streams from the moment of the subscription on, and after an outage from where it was.
 * Confined to the worker's thread.
 */
final class StreamReceiver implements RedisWorker.Work<StatefulRedisConnection<String, byte[]>> {
  /** The field of an entry that holds the event. */
  static final String EVENT = "event";

  private static final int AT_ONCE = 256;
  private static final StreamId BEGINNING = new StreamId(0, 0);

  private final Map<String, Topic> keys;
  private final Consumer<Message> sink;
  private final Runnable onGap;
  // The last entry that was read of each stream; empty before the first connection.
  private final Map<String, StreamId> positions = new LinkedHashMap<>();
  private @Nullable Object known;

  StreamReceiver(Map<String, Topic> keys, Consumer<Message> sink, Runnable onGap) {
    this.keys = keys;
    this.sink = sink;
    this.onGap = onGap;
  }

  @Override
  public void turn(StatefulRedisConnection<String, byte[]> connection) throws InterruptedException {
    var redis = connection.async();
    if (!connection.equals(known)) {
      for (var key : keys.keySet()) {
        positions.put(key, position(redis, key));
      }
      known = connection;
      return;
    }
    var block = RedisWorker.IDLE;
    var entries =
        Replies.within(block.plus(Replies.TIMEOUT))
            .await(redis.xread(XReadArgs.Builder.block(block).count(AT_ONCE), offsets()));
    for (var entry : entries) {
      positions.put(entry.getStream(), StreamId.of(entry.getId()));
      message(keys, entry, sink);
    }
  }

  /** Hands on the event of an entry, where it has one. */
  static void message(
      Map<String, Topic> keys, StreamMessage<String, byte[]> entry, Consumer<Message> sink) {
    var topic = keys.get(entry.getStream());
    var body = entry.getBody();
    var json = body == null ? null : body.get(EVENT);
    if (topic != null && json != null) {
      sink.accept(new Message(topic, json));
    }
  }

  private StreamId position(RedisAsyncCommands<String, byte[]> redis, String key)
      throws InterruptedException {
    var replies = Replies.soon();
    var oldest = redis.xrange(key, Range.unbounded(), Limit.create(0, 1));
    var newest = redis.xrevrange(key, Range.unbounded(), Limit.create(0, 1));
    var first = id(replies.await(oldest));
    var last = id(replies.await(newest));
    var before = positions.get(key);
    if (before == null) {
      return last;
    }
    if (last.compareTo(before) < 0) {
      // The server lost what it had: all that is there came since.
      onGap.run();
      return BEGINNING;
    }
    if (first.compareTo(before) > 0 && !before.equals(BEGINNING)) {
      onGap.run();
    }
    return before;
  }

  private static StreamId id(List<StreamMessage<String, byte[]>> entries) {
    return entries.isEmpty() ? BEGINNING : StreamId.of(entries.getFirst().getId());
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array for varargs of a generic type
  private StreamOffset<String>[] offsets() {
    return positions.entrySet().stream()
        .map(position -> StreamOffset.from(position.getKey(), position.getValue().toString()))
        .toArray(StreamOffset[]::new);
  }
}
