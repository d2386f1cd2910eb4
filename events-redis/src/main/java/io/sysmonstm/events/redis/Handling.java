package io.sysmonstm.events.redis;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.EventJson;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.GuardedHandler;
import io.sysmonstm.spi.SelfMetrics;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Hands messages to one handler; what it cannot read or handle is lost to it alone, and counted.
 */
final class Handling {
  private static final EventLog LOG = EventLog.of(RedisEventBus.class);

  private final GuardedHandler handler;
  private final EventJson json;
  private final LongAdder unreadable;

  Handling(String name, Consumer<Event> handler, EventJson json, SelfMetrics metrics) {
    this.handler = new GuardedHandler(name, handler, metrics, LOG);
    this.json = json;
    unreadable =
        metrics.counter(
            "events_unreadable_total",
            "Messages on the bus that were no event.",
            Labels.of("subscription", name));
  }

  String name() {
    return handler.subscription();
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
          name(),
          "reason",
          String.valueOf(e.getMessage()));
      return;
    }
    handler.accept(event);
  }
}
