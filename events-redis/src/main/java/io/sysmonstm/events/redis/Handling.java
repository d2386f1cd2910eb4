package io.sysmonstm.events.redis;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.EventJson;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Hands messages to one handler; what it cannot read or handle is lost to it alone, and counted.
 */
final class Handling {
  private static final EventLog LOG = EventLog.of(RedisEventBus.class);

  private final String name;
  private final Consumer<Event> handler;
  private final EventJson json;
  private final LongAdder delivered;
  private final LongAdder failures;
  private final LongAdder unreadable;

  Handling(String name, Consumer<Event> handler, EventJson json, SelfMetrics metrics) {
    this.name = name;
    this.handler = handler;
    this.json = json;
    var labels = Labels.of("subscription", name);
    delivered = metrics.counter("events_delivered_total", "Events handed to a handler.", labels);
    failures =
        metrics.counter(
            "events_handler_failures_total", "Events lost because a handler threw.", labels);
    unreadable =
        metrics.counter(
            "events_unreadable_total", "Messages on the bus that were no event.", labels);
  }

  String name() {
    return name;
  }

  void handle(Message message) {
    Event event;
    try {
      event = json.read(message.json(), message.topic());
    } catch (RequestException e) {
      unreadable.increment();
      LOG.warn(
          "event_unreadable",
          "a message is skipped",
          null,
          "subscription",
          name,
          "reason",
          String.valueOf(e.getMessage()));
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
          message.topic().text());
    }
  }
}
