package io.sysmonstm.store.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Durations;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.redis.client.RedisConnector;
import io.sysmonstm.redis.client.RedisFailure;
import io.sysmonstm.redis.client.RedisWorker;
import io.sysmonstm.redis.client.Replies;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The newest state of each machine in Redis or Valkey, written and read by any number of processes.
 * Thread-safe; an update merges the batch in memory and leaves it to the store's own thread to
 * write it, so that it never waits for the server and costs others nothing while there is none.
 *
 * <p>Each process writes the whole of what it knows of a machine, so that a server that lost its
 * data has all of it again with the next batch of each machine. A sample expires a time to live
 * after it came, by the server's clock, which all processes share. Machines stay until they are
 * forgotten, with a bound on the number that one process writes; batches of further ones are
 * counted and dropped.
 */
public final class RedisCurrentStore implements CurrentStore {
  private static final EventLog LOG = EventLog.of(RedisCurrentStore.class);
  private static final int READ_AT_ONCE = 200;

  private final TimeSource time;
  private final Duration timeToLive;
  private final int maxMachines;
  private final Map<String, MachineMemory> machines = new ConcurrentHashMap<>();
  private final ReentrantLock listing = new ReentrantLock();
  private final RedisConnector connector;
  private final StateWriter writer;
  private final RedisWorker<StatefulRedisConnection<String, byte[]>> worker;
  private final LongAdder refused;
  private final LongAdder unreadable;

  private RedisCurrentStore(Builder builder) {
    time = builder.context.time();
    timeToLive = builder.timeToLive;
    maxMachines = builder.maxMachines;
    connector = builder.connector.get();
    var metrics = builder.context.metrics();
    writer = new StateWriter(time, metrics, timeToLive.toNanos(), maxMachines);
    worker = new RedisWorker<>("current", metrics, connector::connect, writer);
    refused =
        metrics.counter(
            "current_batches_refused_total", "Batches of machines beyond the greatest number.");
    unreadable =
        metrics.counter(
            "current_states_unreadable_total", "States in Redis that could not be read.");
    metrics.gauge(
        "current_machines", "Machines that this process writes.", Labels.empty(), machines::size);
    metrics.gauge(
        "current_updates_waiting",
        "Machines with news that is not written yet.",
        Labels.empty(),
        writer::waiting);
  }

  /**
   * Starts one.
   *
   * @param context time and counters
   * @param connector makes the connector of the store, which owns it; called once, by {@link
   *     Builder#build}
   * @return a builder
   */
  public static Builder builder(ProviderContext context, Supplier<RedisConnector> connector) {
    return new Builder(context, connector);
  }

  @Override
  public void update(MetricsEvent received) {
    long nowNanos = time.nanoTime();
    var machine = machines.get(received.machineId());
    if (machine == null) {
      machine = add(received.machineId(), nowNanos);
    }
    if (machine != null) {
      machine.update(received, nowNanos, timeToLive.toNanos());
      writer.enqueue(machine);
    }
  }

  @Override
  public Optional<MachineState> machine(String machineId) {
    return ask(
        "read the state of a machine",
        redis -> {
          var replies = Replies.soon();
          var now = StateWriter.askTime(redis);
          var hash = redis.hgetall(StateKeys.machine(machineId));
          return merged(machineId, replies.await(hash), StateWriter.millis(replies.await(now)));
        });
  }

  @Override
  public List<MachineState> machines() {
    return ask("read the states of all machines", this::readAll);
  }

  @Override
  public void forget(String machineId) {
    machines.remove(machineId);
    ask(
        "forget a machine",
        redis -> {
          var replies = Replies.soon();
          var listed = redis.srem(StateKeys.MACHINES, machineId.getBytes(StandardCharsets.UTF_8));
          var state = redis.del(StateKeys.machine(machineId));
          replies.await(listed);
          return replies.await(state);
        });
  }

  @Override
  public Health health() {
    return worker.health();
  }

  @Override
  public void close() {
    worker.close();
    connector.close();
    machines.clear();
  }

  private List<MachineState> readAll(RedisAsyncCommands<String, byte[]> redis)
      throws InterruptedException {
    // One at a time: all of them together must not ask for more than a connection holds.
    if (!listing.tryLock(Replies.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new RedisException("another thread reads all machines");
    }
    try {
      var replies = Replies.soon();
      var members = redis.smembers(StateKeys.MACHINES);
      long serverMillis = StateWriter.millis(replies.await(StateWriter.askTime(redis)));
      var ids =
          replies.await(members).stream()
              .map(id -> new String(id, StandardCharsets.UTF_8))
              .sorted()
              .toList();
      var states = new ArrayList<MachineState>(ids.size());
      for (int from = 0; from < ids.size(); from += READ_AT_ONCE) {
        var some = ids.subList(from, Math.min(from + READ_AT_ONCE, ids.size()));
        readSome(redis, some, serverMillis, states);
      }
      return states;
    } finally {
      listing.unlock();
    }
  }

  private void readSome(
      RedisAsyncCommands<String, byte[]> redis,
      List<String> ids,
      long serverMillis,
      List<MachineState> states)
      throws InterruptedException {
    var replies = Replies.soon();
    var hashes = new ArrayList<RedisFuture<Map<String, byte[]>>>(ids.size());
    for (var id : ids) {
      hashes.add(redis.hgetall(StateKeys.machine(id)));
    }
    var found = new ArrayList<Map<String, byte[]>>(ids.size());
    for (var hash : hashes) {
      found.add(replies.await(hash));
    }
    // Only now, since reading them takes time that is not the server's.
    for (int i = 0; i < ids.size(); i++) {
      merged(ids.get(i), found.get(i), serverMillis).ifPresent(states::add);
    }
  }

  private Optional<MachineState> merged(
      String machineId, Map<String, byte[]> hash, long serverMillis) {
    var merge = new StateMerge(serverMillis, timeToLive.toMillis());
    merge.add(hash);
    if (merge.unreadable() > 0) {
      unreadable.add(merge.unreadable());
      LOG.warn(
          "current_state_unreadable",
          "what Redis holds of a machine is not in the form of this version",
          null,
          "machine",
          machineId);
    }
    return merge.state(machineId);
  }

  /** Asks the server something, which may wait for answers. */
  private interface Question<T> {
    T ask(RedisAsyncCommands<String, byte[]> redis) throws InterruptedException;
  }

  private <T> T ask(String what, Question<T> question) {
    var connection = worker.connection();
    if (connection.isEmpty()) {
      throw unavailable(what, worker.health().problem().orElse("Redis cannot be reached"), null);
    }
    try {
      return question.ask(connection.get().async());
    } catch (RedisException e) {
      throw unavailable(what, RedisFailure.problem(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(what, "interrupted", e);
    }
  }

  private static StoreUnavailableException unavailable(
      String what, String problem, @Nullable Throwable cause) {
    return new StoreUnavailableException("cannot %s: %s".formatted(what, problem), cause);
  }

  private synchronized @Nullable MachineMemory add(String machineId, long nowNanos) {
    if (machines.size() >= maxMachines && !machines.containsKey(machineId)) {
      // Another process may have taken over some, or they are gone.
      machines.values().removeIf(other -> other.isSilent(nowNanos, timeToLive.toNanos()));
    }
    if (machines.size() >= maxMachines && !machines.containsKey(machineId)) {
      refused.increment();
      LOG.warn(
          "too_many_machines",
          "a machine is not shown, there are too many",
          null,
          "machine",
          machineId,
          "bound",
          maxMachines);
      return null;
    }
    return machines.computeIfAbsent(machineId, id -> new MachineMemory(id, nowNanos));
  }

  /** Collects what a store needs. Confined to one thread. */
  public static final class Builder {
    private final ProviderContext context;
    private final Supplier<RedisConnector> connector;
    private Duration timeToLive = Duration.ofMinutes(5);
    private int maxMachines = 10_000;

    private Builder(ProviderContext context, Supplier<RedisConnector> connector) {
      this.context = context;
      this.connector = connector;
    }

    /**
     * Sets how long a sample is shown after it came, 5 minutes unless told otherwise.
     *
     * @param value 1 second to 365 days
     * @return this builder
     */
    public Builder timeToLive(Duration value) {
      timeToLive = value;
      return this;
    }

    /**
     * Sets the bound on the number of machines that this process writes, 10,000 unless told
     * otherwise.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder maxMachines(int value) {
      maxMachines = value;
      return this;
    }

    /**
     * Creates the store, which connects in the background.
     *
     * @return the store
     * @throws ConfigException where a value is out of range
     */
    public RedisCurrentStore build() {
      if (timeToLive.compareTo(Duration.ofSeconds(1)) < 0
          || timeToLive.compareTo(Duration.ofDays(365)) > 0) {
        throw new ConfigException(
            List.of(
                "current.ttl is %s: expected 1s to 365d".formatted(Durations.format(timeToLive))));
      }
      var store = new RedisCurrentStore(this);
      store.worker.start();
      return store;
    }
  }
}
