package io.sysmonstm.aggregator.core;

import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;

/**
 * Shows a batch at once, on the thread that brought it: neither side may block, and neither stops
 * the other.
 */
final class LiveLane {
  private final CurrentStore current;
  private final EventPublisher events;
  private final Part currentState;
  private final Part bus;

  LiveLane(CurrentStore current, EventPublisher events, SelfMetrics metrics) {
    this.current = current;
    this.events = events;
    this.currentState = new Part("current_state", current::health, metrics);
    this.bus =
        new Part("events", () -> events instanceof EventBus b ? b.health() : Health.ok(), metrics);
  }

  void show(MetricsEvent event) {
    try {
      current.update(event);
      currentState.worked();
    } catch (RuntimeException | LinkageError e) {
      currentState.failed(e);
    }
    try {
      events.publish(event);
      bus.worked();
    } catch (RuntimeException | LinkageError e) {
      bus.failed(e);
    }
  }

  Part currentState() {
    return currentState;
  }

  Part bus() {
    return bus;
  }
}
