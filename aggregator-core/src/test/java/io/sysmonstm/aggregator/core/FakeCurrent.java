package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.MachineEvent;
import io.sysmonstm.spi.MachineForgotten;
import io.sysmonstm.spi.MetricsEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Remembers what it was shown, as a store and as a bus, and fails when told to. Thread-safe. */
final class FakeCurrent implements CurrentStore {
  final Queue<MetricsEvent> updates = new ConcurrentLinkedQueue<>();
  final Queue<MetricsEvent> published = new ConcurrentLinkedQueue<>();
  final Queue<MachineEvent> changes = new ConcurrentLinkedQueue<>();
  final Map<String, MachineState> states = new ConcurrentHashMap<>();
  volatile boolean unreadable;
  volatile @Nullable CountDownLatch updateHangs;
  volatile @Nullable CountDownLatch publishHangs;
  volatile boolean down;
  volatile boolean busDown;
  volatile Health own = Health.ok();

  @Override
  public void update(MetricsEvent received) {
    await(updateHangs);
    if (down) {
      throw new IllegalStateException("current state is down on purpose");
    }
    updates.add(received);
  }

  EventPublisher bus() {
    return new EventPublisher() {
      @Override
      public void publish(Event event) {
        await(publishHangs);
        if (busDown) {
          throw new IllegalStateException("the bus is down on purpose");
        }
        switch (event) {
          case MetricsEvent batch -> published.add(batch);
          case MachineEvent change -> changes.add(change);
          case AlertEvent _, MachineForgotten _ ->
              throw new AssertionError("not an aggregator's event");
        }
      }
    };
  }

  @Override
  public Optional<MachineState> machine(String machineId) {
    return Optional.ofNullable(read().get(machineId));
  }

  @Override
  public List<MachineState> machines() {
    return List.copyOf(read().values());
  }

  private Map<String, MachineState> read() {
    if (unreadable) {
      throw new StoreUnavailableException("current state cannot be read on purpose", null);
    }
    return states;
  }

  /** Says that an aggregator has heard from a machine that collects every 5 s. */
  void heard(String machineId, Instant at) {
    var resource = Resource.builder("host-" + machineId).build();
    states.put(
        machineId,
        new MachineState(machineId, resource, at, Duration.ofSeconds(5), List.of(), List.of()));
  }

  private static void await(@Nullable CountDownLatch gate) {
    if (gate == null) {
      return;
    }
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void forget(String machineId) {
    states.remove(machineId);
  }

  @Override
  public Health health() {
    return own;
  }

  @Override
  public void close() {}
}
