package io.sysmonstm.events.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.sysmonstm.redis.client.RedisWorker;
import io.sysmonstm.redis.client.Replies;
import io.sysmonstm.spi.Topic;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Listens to the channels of some topics. Confined to the worker's thread. */
final class PubSubReceiver
    implements RedisWorker.Work<StatefulRedisPubSubConnection<String, byte[]>> {
  private final Map<String, Topic> topics;
  private final Consumer<Message> sink;
  private final Runnable onGap;
  private final CountDownLatch pause = new CountDownLatch(1);
  private @Nullable Object listening;

  PubSubReceiver(Set<Topic> topics, Consumer<Message> sink, Runnable onGap) {
    this.topics = topics.stream().collect(Collectors.toMap(Topic::text, Function.identity()));
    this.sink = sink;
    this.onGap = onGap;
  }

  @Override
  public void turn(StatefulRedisPubSubConnection<String, byte[]> connection)
      throws InterruptedException {
    boolean known = connection.equals(listening);
    if (known) {
      // There is nothing to do but to look whether the server is there; messages come by
      // themselves.
      pause.await(RedisWorker.IDLE.toMillis(), TimeUnit.MILLISECONDS);
    } else {
      connection.addListener(new Listener());
    }
    // To subscribe again changes nothing and is answered.
    Replies.soon().await(connection.async().subscribe(topics.keySet().toArray(String[]::new)));
    if (!known && listening != null) {
      onGap.run();
    }
    listening = connection;
  }

  private final class Listener extends RedisPubSubAdapter<String, byte[]> {
    @Override
    public void message(String channel, byte[] json) {
      var topic = topics.get(channel);
      if (topic != null) {
        sink.accept(new Message(topic, json));
      }
    }
  }
}
