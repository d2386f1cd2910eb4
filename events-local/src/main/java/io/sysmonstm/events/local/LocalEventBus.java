package io.sysmonstm.events.local;

import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Topic;
import java.util.EnumMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Delivers events within the process. Publishing is one short lock and one array slot for each
 * subscription of the topic; it waits for no handler. An event is delivered once, or not at all
 * where the queue of its subscription is full or the bus is closed. Thread-safe.
 */
public final class LocalEventBus implements EventBus {
  /** How many events wait for one subscription, unless told otherwise. */
  public static final int DEFAULT_QUEUE = 10_000;

  private static final LocalSubscription[] NONE = {};

  private final int queue;
  private final SelfMetrics metrics;
  private final AtomicLong ids = new AtomicLong();
  // By topic; replaced, never changed, so that publishing reads them without a lock.
  private volatile EnumMap<Topic, LocalSubscription[]> byTopic = new EnumMap<>(Topic.class);
  private volatile boolean closed;

  /** Creates a bus with the default queue that counts for itself alone. */
  public LocalEventBus() {
    this(DEFAULT_QUEUE, new SelfMetrics());
  }

  /**
   * Creates a bus.
   *
   * @param queue how many events wait for one subscription before the oldest is dropped, 1 or more
   * @param metrics where drops and failures are counted
   */
  public LocalEventBus(int queue, SelfMetrics metrics) {
    if (queue < 1) {
      throw new IllegalArgumentException("queue of %d events: expected 1 or more".formatted(queue));
    }
    this.queue = queue;
    this.metrics = metrics;
  }

  @Override
  public void publish(Event event) {
    for (var subscription : byTopic.getOrDefault(event.topic(), NONE)) {
      subscription.enqueue(event);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException where the bus is closed
   */
  @Override
  public synchronized Subscription subscribe(
      String name, Set<Topic> topics, Consumer<Event> handler) {
    if (closed) {
      throw new IllegalStateException("subscription '%s' to a closed bus".formatted(name));
    }
    var subscription =
        new LocalSubscription(
            name,
            handler,
            queue,
            metrics,
            this::remove,
            "events-" + name + "-" + ids.incrementAndGet());
    subscription.start();
    var changed = new EnumMap<>(byTopic);
    for (var topic : topics) {
      changed.put(
          topic,
          Stream.concat(Stream.of(changed.getOrDefault(topic, NONE)), Stream.of(subscription))
              .toArray(LocalSubscription[]::new));
    }
    byTopic = changed;
    return subscription;
  }

  @Override
  public Guarantee guarantee() {
    return Guarantee.AT_MOST_ONCE;
  }

  @Override
  public Health health() {
    return closed ? Health.failing("the event bus is closed") : Health.ok();
  }

  @Override
  public void close() {
    EnumMap<Topic, LocalSubscription[]> open;
    synchronized (this) {
      closed = true;
      open = byTopic;
      byTopic = new EnumMap<>(Topic.class);
    }
    var subscriptions = open.values().stream().flatMap(Stream::of).distinct().toList();
    subscriptions.forEach(LocalSubscription::stop);
    subscriptions.forEach(LocalSubscription::awaitEnd);
  }

  private synchronized void remove(LocalSubscription gone) {
    var changed = new EnumMap<>(byTopic);
    changed.replaceAll(
        (topic, subscriptions) ->
            Stream.of(subscriptions)
                .filter(each -> each != gone)
                .toArray(LocalSubscription[]::new));
    byTopic = changed;
  }
}
