package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.MachineState;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.MetricsEvent;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Remembers what it was shown, as a store and as a bus, and fails when told to. Thread-safe. */
final class FakeCurrent implements CurrentStore {
  final Queue<MetricsEvent> updates = new ConcurrentLinkedQueue<>();
  final Queue<MetricsEvent> published = new ConcurrentLinkedQueue<>();
  volatile boolean down;
  volatile boolean busDown;
  volatile Health own = Health.ok();

  @Override
  public void update(MetricsEvent received) {
    if (down) {
      throw new IllegalStateException("current state is down on purpose");
    }
    updates.add(received);
  }

  EventPublisher bus() {
    return new EventPublisher() {
      @Override
      public void publish(Event event) {
        if (busDown) {
          throw new IllegalStateException("the bus is down on purpose");
        }
        published.add((MetricsEvent) event);
      }
    };
  }

  @Override
  public Optional<MachineState> machine(String machineId) {
    return Optional.empty();
  }

  @Override
  public List<MachineState> machines() {
    return List.of();
  }

  @Override
  public Health health() {
    return own;
  }

  @Override
  public void close() {}
}
