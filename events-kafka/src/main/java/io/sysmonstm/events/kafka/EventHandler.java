package io.sysmonstm.events.kafka;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.EventJson;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventLog;
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

  private final String name;
  private final Consumer<Event> handler;
  private final Topics topics;
  private final EventJson json;
  private final LongAdder delivered;
  private final LongAdder dropped;
  private final LongAdder failures;
  private final LongAdder unreadable;

  EventHandler(
      String name, Consumer<Event> handler, Topics topics, EventJson json, SelfMetrics metrics) {
    this.name = name;
    this.handler = handler;
    this.topics = topics;
    this.json = json;
    var labels = Labels.of("subscription", name);
    delivered = metrics.counter("events_delivered_total", "Events handed to a handler.", labels);
    dropped =
        metrics.counter(
            "events_dropped_total", "Events lost because a subscription was slow.", labels);
    failures =
        metrics.counter(
            "events_handler_failures_total", "Events lost because a handler threw.", labels);
    unreadable =
        metrics.counter(
            "events_unreadable_total", "Messages on the bus that are no events.", labels);
  }

  String name() {
    return name;
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
          name);
      return;
    }
    delivered.increment();
    try {
      handler.accept(event);
    } catch (Throwable e) {
      failures.increment();
      LOG.warn(
          "event_handler_failed",
          "a handler threw; this event is lost to it, the next ones are delivered",
          e,
          "subscription",
          name,
          "topic",
          event.topic().text());
    } finally {
      // A handler that was interrupted, or interrupts itself, ends no delivery; closing does.
      Thread.interrupted();
    }
  }

  /** Counts what the server had deleted before this subscription came to it. */
  void missed(long events) {
    dropped.add(events);
    LOG.warn(
        "events_dropped",
        "a subscription is so far behind that Kafka has deleted events it had not read",
        null,
        "subscription",
        name,
        "events",
        events);
  }
}
