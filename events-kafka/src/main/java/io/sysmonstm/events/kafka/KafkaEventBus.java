package io.sysmonstm.events.kafka;

import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.json.EventJson;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.spi.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Carries events over Kafka, in topics that it makes where they are missing. It starts, and goes
 * on, without a server: what is published meanwhile waits in a bounded queue, and every part
 * connects again for ever.
 *
 * <p>What {@link #share} delivers is committed only when the handler has returned; after an outage,
 * or when a member went, events come again. {@link #subscribe} begins with what is published from
 * now on, and goes on after an outage where it was; where it was is not kept beyond the process. A
 * slow handler loses nothing until the server's retention has overtaken it, which is counted.
 * Publishing loses the oldest where the queue is full, and what waits when the process ends.
 * Thread-safe.
 */
public final class KafkaEventBus implements EventBus {
  private static final Duration BEGIN_PATIENCE = Duration.ofSeconds(2);

  private final Connection connection;
  private final EventJson json;
  private final SelfMetrics metrics;
  private final EventSender sender;
  private final List<ConsumerLoop> loops = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  private KafkaEventBus(Builder builder) {
    var properties = new ClientProperties(builder.servers, builder.properties);
    var topics = new Topics(builder.prefix, builder.partitions, builder.retention);
    this.metrics = builder.metrics;
    this.json = new EventJson(builder.series, metrics);
    this.connection =
        new Connection(properties, topics, new BrokerWatch(properties, topics), builder.time);
    this.sender = new EventSender(connection, json, new EventSender.Bounds(builder.queue, metrics));
  }

  /**
   * Starts one.
   *
   * @param series where the series of events that arrive are interned
   * @return a builder
   */
  public static Builder builder(SeriesRegistry series) {
    return new Builder(series);
  }

  @Override
  public void publish(Event event) {
    sender.publish(event);
  }

  /**
   * {@inheritDoc} Waits up to two seconds for its place, so that what is published after it returns
   * is delivered.
   *
   * @throws IllegalStateException where the bus is closed
   */
  @Override
  public Subscription subscribe(String name, Set<Topic> topics, Consumer<Event> handler) {
    var loop = new EveryoneLoop(connection, topics, handler(name, handler), loops::remove);
    start(name, loop);
    return loop;
  }

  /**
   * {@inheritDoc} A group that is new begins with what is published from now on, by the clocks of
   * the publishers; one that is known, where it was.
   *
   * @throws IllegalStateException where the bus is closed
   */
  @Override
  public Subscription share(String group, Set<Topic> topics, Consumer<Event> handler) {
    var loop = new GroupLoop(connection, topics, handler(group, handler), loops::remove);
    start(group, loop);
    return loop;
  }

  private EventHandler handler(String name, Consumer<Event> handler) {
    return new EventHandler(name, handler, connection.topics(), json, metrics);
  }

  private void start(String name, ConsumerLoop loop) {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("subscription '%s' to a closed bus".formatted(name));
      }
      loops.add(loop);
      loop.start();
    }
    loop.awaitBegin(BEGIN_PATIENCE);
  }

  @Override
  public Guarantee guarantee() {
    return Guarantee.AT_LEAST_ONCE;
  }

  @Override
  public Health health() {
    if (closed) {
      return Health.failing("the event bus is closed");
    }
    return Stream.concat(
            Stream.of(connection.watch().problem(), sender.problem()),
            loops.stream().map(ConsumerLoop::problem))
        .flatMap(Optional::stream)
        .findFirst()
        .map(Health::failing)
        .orElse(Health.ok());
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    loops.forEach(ConsumerLoop::stop);
    sender.close();
    loops.forEach(ConsumerLoop::awaitEnd);
    connection.watch().close();
  }

  /** Collects the parts. Confined to one thread. */
  public static final class Builder {
    private final SeriesRegistry series;
    private List<String> servers = List.of("localhost:9092");
    private String prefix = "";
    private int partitions = 8;
    private Duration retention = Duration.ofHours(1);
    private int queue = 10_000;
    private Map<String, String> properties = Map.of();
    private SelfMetrics metrics = new SelfMetrics();
    private TimeSource time = TimeSource.system();

    private Builder(SeriesRegistry series) {
      this.series = series;
    }

    /**
     * Sets the servers to begin with, {@code localhost:9092} by default.
     *
     * @param value hosts with ports, one or more
     * @return this builder
     */
    public Builder bootstrapServers(List<String> value) {
      servers = value;
      return this;
    }

    /**
     * Sets what the names of topics and groups begin with, empty by default.
     *
     * @param value letters, digits, dots, dashes and underscores
     * @return this builder
     */
    public Builder topicPrefix(String value) {
      prefix = value;
      return this;
    }

    /**
     * Sets how many partitions a topic gets when it is made, 8 by default: as many members of a
     * group can share its machines.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder partitions(int value) {
      partitions = value;
      return this;
    }

    /**
     * Sets how long the topic of metrics keeps its messages when it is made, an hour by default.
     *
     * @param value a millisecond or more
     * @return this builder
     */
    public Builder retention(Duration value) {
      retention = value;
      return this;
    }

    /**
     * Sets how many events wait for the server before the oldest is dropped, 10,000 by default.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder queue(int value) {
      queue = value;
      return this;
    }

    /**
     * Sets properties of the Kafka clients, for security above all.
     *
     * @param value names as in Kafka's documentation
     * @return this builder
     */
    public Builder properties(Map<String, String> value) {
      properties = value;
      return this;
    }

    /**
     * Sets where drops and failures are counted, nowhere else by default.
     *
     * @param value the metrics of this process
     * @return this builder
     */
    public Builder metrics(SelfMetrics value) {
      metrics = value;
      return this;
    }

    /**
     * Sets the clock that says when a subscription was made, the system's by default.
     *
     * @param value the clock
     * @return this builder
     */
    public Builder time(TimeSource value) {
      time = value;
      return this;
    }

    /**
     * {@return a bus that begins to connect} Does not wait for a server.
     *
     * @throws io.sysmonstm.api.ConfigException with all problems, where properties do not fit
     */
    public KafkaEventBus open() {
      var bus = new KafkaEventBus(this);
      bus.connection.watch().start();
      bus.sender.start();
      return bus;
    }
  }
}
