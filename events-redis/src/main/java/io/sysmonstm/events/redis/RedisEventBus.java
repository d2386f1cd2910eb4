package io.sysmonstm.events.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.sysmonstm.api.Labels;
import io.sysmonstm.json.EventJson;
import io.sysmonstm.redis.client.RedisConnector;
import io.sysmonstm.redis.client.RedisWorker;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Carries events over Redis or Valkey as JSON, on channels or streams with the names of the topics.
 * Publishing puts an event into a bounded queue, which the bus's own thread empties; each
 * subscription has a connection of its own. Thread-safe.
 *
 * <p>On Pub/Sub an event reaches the subscriptions that are connected at that moment, or none. On
 * Streams the server keeps the newest events, so that after an outage a subscription goes on where
 * it was; the members of a group share the partitions, and what one had not finished when it died
 * another gets within seconds.
 */
public final class RedisEventBus implements EventBus {
  static final Setting<Integer> QUEUE =
      Setting.number(
              "events.redis.queue",
              "How many events wait for one subscription before the oldest is dropped.",
              1,
              1_000_000)
          .withDefault("10000");

  private static final EventLog LOG = EventLog.of(RedisEventBus.class);
  private static final Duration SUBSCRIBE_PATIENCE = Duration.ofSeconds(1);

  private final int queue;
  private final Optional<StreamKeys> streams;
  private final SelfMetrics metrics;
  private final EventJson json;
  private final RedisConnector connector;
  private final Outbox outbox;
  private final RedisWorker<StatefulRedisConnection<String, byte[]>> publisher;
  private final List<RedisSubscription> subscriptions = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  private RedisEventBus(Builder builder) {
    queue = builder.queue;
    streams = builder.streams;
    metrics = builder.context.metrics();
    json = new EventJson(builder.context.series(), metrics);
    connector = builder.connector.get();
    outbox = new Outbox(json, metrics, sending(builder.maxLength), streams.isPresent());
    publisher = new RedisWorker<>("events-publish", metrics, connector::connect, outbox);
  }

  /**
   * Starts one, on Pub/Sub unless told otherwise.
   *
   * @param context series and counters
   * @param connector makes the connector of the bus, which owns it; called once, by {@link
   *     Builder#build}
   * @return a builder
   */
  public static Builder builder(ProviderContext context, Supplier<RedisConnector> connector) {
    return new Builder(context, connector);
  }

  @Override
  public void publish(Event event) {
    if (!closed) {
      outbox.put(event);
    }
  }

  /**
   * {@inheritDoc} Waits a second at the most until the server knows of it.
   *
   * @throws IllegalStateException where the bus is closed
   */
  @Override
  public Subscription subscribe(String name, Set<Topic> topics, Consumer<Event> handler) {
    var inbox = new Inbox(new Handling(name, handler, json, metrics), queue, metrics);
    inbox.start();
    return begin(name, receiver(name, topics, inbox), machine -> true, inbox::close);
  }

  @Override
  public Subscription share(String group, Set<Topic> topics, Consumer<Event> handler) {
    if (streams.isEmpty()) {
      return subscribe(group, topics, handler);
    }
    var handling = new Handling(group, handler, json, metrics);
    var member = new GroupMember(group, topics, streams.get(), handling);
    return begin(
        group,
        new RedisWorker<>("events-" + group, metrics, connector::connect, member),
        member::owns,
        member::close);
  }

  @Override
  public Guarantee guarantee() {
    return streams.isPresent() ? Guarantee.AT_LEAST_ONCE : Guarantee.AT_MOST_ONCE;
  }

  @Override
  public Health health() {
    if (closed) {
      return Health.failing("the event bus is closed");
    }
    return subscriptions.stream()
        .map(RedisSubscription::health)
        .filter(health -> !health.isOk())
        .findFirst()
        .orElseGet(publisher::health);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    publisher.close();
    subscriptions.forEach(RedisSubscription::close);
    connector.close();
  }

  private synchronized Subscription begin(
      String name, RedisWorker<?> worker, Predicate<String> owned, Runnable stop) {
    if (closed) {
      stop.run();
      throw new IllegalStateException("subscription '%s' to a closed bus".formatted(name));
    }
    var subscription = new RedisSubscription(worker, owned, stop, subscriptions::remove);
    subscriptions.add(subscription);
    worker.start();
    worker.awaitFirstTurn(SUBSCRIBE_PATIENCE);
    return subscription;
  }

  private RedisWorker<?> receiver(String name, Set<Topic> topics, Inbox inbox) {
    var gaps =
        metrics.counter(
            "events_gaps_total",
            "Times that a subscription may have missed events while the server was away.",
            Labels.of("subscription", name));
    Runnable onGap =
        () -> {
          gaps.increment();
          LOG.warn(
              "events_gap",
              "a subscription may have missed events while the server was away",
              null,
              "subscription",
              name);
        };
    var use = "events-" + name;
    return streams
        .<RedisWorker<?>>map(
            keys ->
                new RedisWorker<>(
                    use,
                    metrics,
                    connector::connect,
                    new StreamReceiver(keys.all(topics), inbox::put, onGap)))
        .orElseGet(
            () ->
                new RedisWorker<>(
                    use,
                    metrics,
                    connector::connectPubSub,
                    new PubSubReceiver(topics, inbox::put, onGap)));
  }

  private Outbox.Sending sending(int maxLength) {
    return streams
        .<Outbox.Sending>map(
            keys ->
                (pipeline, event, bytes) ->
                    pipeline.xadd(keys.of(event), maxLength, StreamReceiver.EVENT, bytes))
        .orElse((pipeline, event, bytes) -> pipeline.publish(event.topic().text(), bytes));
  }

  /** Collects what a bus needs. Confined to one thread. */
  public static final class Builder {
    private final ProviderContext context;
    private final Supplier<RedisConnector> connector;
    private int queue = 10_000;
    private int maxLength = 10_000;
    private Optional<StreamKeys> streams = Optional.empty();

    private Builder(ProviderContext context, Supplier<RedisConnector> connector) {
      this.context = context;
      this.connector = connector;
    }

    /**
     * Sets how many events wait for one subscription before the oldest is dropped, 10,000 unless
     * told otherwise; 16 MiB are the bound in any case.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder queue(int value) {
      queue = value;
      return this;
    }

    /**
     * Chooses Streams.
     *
     * @param length about how many events each stream keeps, 1 or more
     * @param partitions over how many streams the machines of a topic are spread, 1 or more; the
     *     same in every process
     * @return this builder
     */
    public Builder streams(int length, int partitions) {
      maxLength = length;
      streams = Optional.of(new StreamKeys(partitions));
      return this;
    }

    /**
     * Creates the bus, which connects in the background.
     *
     * @return the bus
     * @throws io.sysmonstm.api.ConfigException where the connector cannot be made
     */
    public RedisEventBus build() {
      if (queue < 1 || maxLength < 1 || streams.stream().anyMatch(keys -> keys.partitions() < 1)) {
        throw new IllegalArgumentException(
            "queue of %d, length of %d, %s: expected 1 or more of each"
                .formatted(queue, maxLength, streams));
      }
      var bus = new RedisEventBus(this);
      bus.publisher.start();
      return bus;
    }
  }
}
