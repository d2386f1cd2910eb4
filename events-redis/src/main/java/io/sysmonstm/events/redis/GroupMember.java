package io.sysmonstm.events.redis;

import io.lettuce.core.Consumer;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.sysmonstm.redis.client.RedisWorker;
import io.sysmonstm.redis.client.Replies;
import io.sysmonstm.spi.Topic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One member of a group that shares the partitions of the streams. Confined to the worker's thread,
 * on which the handler is called too.
 *
 * <p>A partition is read by one member at a time, so that the events of a machine keep their order.
 * To Redis, the partition is one consumer of the group whoever reads it: what a member that died
 * had not finished is still pending for that consumer, and whoever takes the partition over reads
 * it first. An entry is acknowledged when the handler has returned.
 */
final class GroupMember implements RedisWorker.Work<StatefulRedisConnection<String, byte[]>> {
  private static final int AT_ONCE = 64;
  private static final String NEW = ">";

  private final String group;
  private final Set<Topic> topics;
  private final StreamKeys keys;
  private final GroupLeases leases;
  private final Handling handling;
  private final CountDownLatch closing = new CountDownLatch(1);
  // The partitions of this member, and those among them whose pending entries were read.
  private final Set<Integer> mine = new HashSet<>();
  private final Set<Integer> caughtUp = new HashSet<>();
  private String origin = "$";
  private long renewedNanos;
  private @Nullable Object known;
  // Read from any thread.
  private volatile Share share = new Share(Set.of(), System.nanoTime());

  private record Share(Set<Integer> partitions, long renewedNanos) {}

  GroupMember(String group, Set<Topic> topics, StreamKeys keys, Handling handling) {
    this.group = group;
    this.topics = topics;
    this.keys = keys;
    this.handling = handling;
    this.leases = new GroupLeases(group, UUID.randomUUID().toString(), keys.partitions());
  }

  /** Has it handle nothing more. */
  void close() {
    closing.countDown();
  }

  /** {@return whether it has a machine, by a lease that is not over} Called from any thread. */
  boolean owns(String machineId) {
    var present = share;
    return closing.getCount() > 0
        && present.partitions.contains(keys.partition(machineId))
        && System.nanoTime() - present.renewedNanos < GroupLeases.LEASE.toNanos();
  }

  @Override
  public void turn(StatefulRedisConnection<String, byte[]> connection) throws InterruptedException {
    var redis = connection.async();
    try {
      if (!connection.equals(known)) {
        createGroups(redis);
        caughtUp.clear();
        renew(redis);
        known = connection;
      } else if (System.nanoTime() - renewedNanos > GroupLeases.RENEWAL.toNanos()) {
        renew(redis);
      }
      for (int partition : List.copyOf(mine)) {
        catchUp(redis, partition);
      }
      if (mine.isEmpty()) {
        closing.await(RedisWorker.IDLE.toMillis(), TimeUnit.MILLISECONDS);
        Replies.soon().await(redis.ping());
      } else {
        readNew(redis);
      }
    } catch (RedisCommandExecutionException e) {
      if (String.valueOf(e.getMessage()).startsWith("NOGROUP")) {
        // The server lost what it had: all that is in the streams came since.
        origin = "0";
        known = null;
      }
      throw e;
    }
  }

  @Override
  public void end(StatefulRedisConnection<String, byte[]> connection) throws InterruptedException {
    Replies.soon().await(leases.leave(connection.async()));
  }

  private void createGroups(RedisAsyncCommands<String, byte[]> redis) throws InterruptedException {
    var replies = Replies.soon();
    for (var key : keys.all(topics).keySet()) {
      try {
        replies.await(
            redis.xgroupCreate(
                StreamOffset.from(key, origin), group, XGroupCreateArgs.Builder.mkstream()));
      } catch (RedisBusyException exists) {
        // Another member made it.
      }
    }
    origin = "$";
  }

  private void renew(RedisAsyncCommands<String, byte[]> redis) throws InterruptedException {
    renewedNanos = System.nanoTime();
    mine.clear();
    for (var partition : Replies.soon().await(leases.share(redis))) {
      mine.add(partition.intValue());
    }
    share = new Share(Set.copyOf(mine), renewedNanos);
    caughtUp.retainAll(mine);
  }

  /** Handles what this partition's reader before left unfinished. */
  private void catchUp(RedisAsyncCommands<String, byte[]> redis, int partition)
      throws InterruptedException {
    var after = new LinkedHashMap<String, String>();
    keys.of(topics, partition).keySet().forEach(key -> after.put(key, "0"));
    while (mine.contains(partition) && !caughtUp.contains(partition)) {
      var args = XReadArgs.Builder.count(AT_ONCE);
      var pending =
          Replies.soon().await(redis.xreadgroup(consumer(partition), args, offsets(after)));
      if (pending.isEmpty()) {
        caughtUp.add(partition);
      }
      pending.forEach(entry -> after.put(entry.getStream(), entry.getId()));
      handle(redis, partition, pending);
    }
  }

  private void readNew(RedisAsyncCommands<String, byte[]> redis) throws InterruptedException {
    // Each partition is a consumer of its own; only the first is waited for.
    boolean waited = false;
    for (int partition : List.copyOf(mine)) {
      if (mine.contains(partition)) {
        readNew(redis, partition, waited ? 0 : RedisWorker.IDLE.toMillis() / mine.size());
        waited = true;
      }
    }
  }

  private void readNew(RedisAsyncCommands<String, byte[]> redis, int partition, long blockMillis)
      throws InterruptedException {
    var args = XReadArgs.Builder.count(AT_ONCE);
    if (blockMillis > 0) {
      args.block(blockMillis);
    }
    var from = new LinkedHashMap<String, String>();
    keys.of(topics, partition).keySet().forEach(key -> from.put(key, NEW));
    var entries =
        Replies.within(Replies.TIMEOUT.plusMillis(blockMillis))
            .await(redis.xreadgroup(consumer(partition), args, offsets(from)));
    handle(redis, partition, entries);
  }

  private void handle(
      RedisAsyncCommands<String, byte[]> redis,
      int partition,
      List<StreamMessage<String, byte[]>> entries)
      throws InterruptedException {
    var streams = keys.of(topics, partition);
    var answers = new ArrayList<RedisFuture<Long>>(entries.size());
    for (var entry : entries) {
      if (System.nanoTime() - renewedNanos > GroupLeases.RENEWAL.toNanos()) {
        renew(redis);
      }
      if (closing.getCount() == 0 || !mine.contains(partition)) {
        // Whoever reads this partition next finds the rest pending.
        caughtUp.remove(partition);
        break;
      }
      StreamReceiver.message(streams, entry, handling::handle);
      answers.add(redis.xack(entry.getStream(), group, entry.getId()));
    }
    var replies = Replies.soon();
    for (var answer : answers) {
      replies.await(answer);
    }
  }

  private Consumer<String> consumer(int partition) {
    return Consumer.from(group, "partition-" + partition);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array for varargs of a generic type
  private static StreamOffset<String>[] offsets(Map<String, String> ids) {
    return ids.entrySet().stream()
        .map(id -> StreamOffset.from(id.getKey(), id.getValue()))
        .toArray(StreamOffset[]::new);
  }
}
