package io.sysmonstm.aggregator.core;

import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.MachineEvent;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.List;

/**
 * Shows batches: current state and events, each on its own thread, so that neither stops the other,
 * the acknowledgements or the streams. Thread-safe.
 */
final class LiveLane {
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(1);

  private final EventPublisher events;
  private final LiveQueue state;
  private final LiveQueue bus;

  LiveLane(CurrentStore current, EventPublisher events, TimeSource time, SelfMetrics metrics) {
    this.events = events;
    var currentState = new Part("current_state", current::health, metrics);
    var published =
        new Part("events", () -> events instanceof EventBus b ? b.health() : Health.ok(), metrics);
    this.state = new LiveQueue(currentState, current::update, time, metrics);
    this.bus = new LiveQueue(published, events::publish, time, metrics);
  }

  void start() {
    state.start();
    bus.start();
  }

  /** Never blocks. */
  void show(MetricsEvent event) {
    state.add(event);
    bus.add(event);
  }

  /** Publishes on the thread of the caller, who does nothing else. */
  void publish(MachineEvent event) {
    try {
      events.publish(event);
    } catch (RuntimeException | LinkageError e) {
      bus.part().failed(e);
    }
  }

  Part currentState() {
    return state.part();
  }

  Part bus() {
    return bus.part();
  }

  List<LiveQueue> queues() {
    return List.of(state, bus);
  }

  void close() {
    state.close(CLOSE_GRACE);
    bus.close(CLOSE_GRACE);
  }
}
