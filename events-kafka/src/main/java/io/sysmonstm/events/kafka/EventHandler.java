package io.sysmonstm.events.kafka;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.EventJson;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.GuardedHandler;
import io.sysmonstm.spi.SelfMetrics;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Hands the messages of one subscription to its handler as events, and counts. Never throws. Called
 * by one thread at a time.
 */
final class EventHandler {
  private static final EventLog LOG = EventLog.of(KafkaEventBus.class);

  private final GuardedHandler handler;
  private final Topics topics;
  private final EventJson json;
  private final LongAdder dropped;
  private final LongAdder unreadable;

  EventHandler(
      String name, Consumer<Event> handler, Topics topics, EventJson json, SelfMetrics metrics) {
    this.handler = new GuardedHandler(name, handler, metrics, LOG);
    this.topics = topics;
    this.json = json;
    var labels = Labels.of("subscription", name);
    dropped =
        metrics.counter(
            "events_dropped_total", "Events lost because a subscription was slow.", labels);
    unreadable =
        metrics.counter(
            "events_unreadable_total", "Messages on the bus that are no events.", labels);
  }

  String name() {
    return handler.subscription();
  }

  void handle(ConsumerRecord<byte[], byte[]> message) {
    Event event;
    try {
      var text = message.value() == null ? new byte[0] : message.value();
      event = json.read(text, topics.topic(message.topic()));
    } catch (RequestException e) {
      unreadable.increment();
      LOG.warn(
          "event_unreadable",
          "a message on the bus is no event, and is skipped",
          e,
          "subscription",
          name());
      return;
    }
    handler.accept(event);
  }

  /** Counts what the server had deleted before this subscription came to it. */
  void missed(long events) {
    dropped.add(events);
    LOG.warn(
        "events_dropped",
        "a subscription is so far behind that Kafka has deleted events it had not read",
        null,
        "subscription",
        name(),
        "events",
        events);
  }
}
