package io.sysmonstm.gateway.helidon;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.Aggregation;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Resolution;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.EventSubscriber;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.Topic;
import io.sysmonstm.testkit.InMemoryAccessStore;
import io.sysmonstm.testkit.InMemoryAlertStore;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The parts around a gateway, in memory, each of which can be made to fail. Thread-safe. */
final class Fleet {
  final Current current = new Current();
  final History history = new History();
  final ManualTime time = new ManualTime();
  final InMemoryAlertStore alerts = new InMemoryAlertStore(time);
  final InMemoryAccessStore access = new InMemoryAccessStore(time, alerts);
  final Bus bus = new Bus();

  /** An entry of the audit, of now. */
  AuditEntry entry(String action, String subject) {
    return AuditEntry.of(time.instant(), Actor.within("test"), action, subject, "");
  }

  /** Delivers at once, on the thread that publishes. */
  static final class Bus implements EventPublisher, EventSubscriber {
    final List<Event> published = new CopyOnWriteArrayList<>();
    volatile boolean silent;
    private final List<Consumer<Event>> handlers = new CopyOnWriteArrayList<>();

    @Override
    public void publish(Event event) {
      published.add(event);
      if (!silent) {
        handlers.forEach(handler -> handler.accept(event));
      }
    }

    @Override
    public Subscription subscribe(String name, Set<Topic> topics, Consumer<Event> handler) {
      if (silent) {
        throw new RequestException(ErrorCode.UNAVAILABLE, "the bus of the test is down");
      }
      Consumer<Event> chosen =
          event -> {
            if (topics.contains(event.topic())) {
              handler.accept(event);
            }
          };
      handlers.add(chosen);
      return () -> handlers.remove(chosen);
    }

    int subscriptions() {
      return handlers.size();
    }
  }

  abstract static class Store {
    final AtomicInteger asking = new AtomicInteger();
    volatile boolean down;
    volatile @Nullable CountDownLatch hangs;

    void check() {
      hang();
      if (down) {
        throw new StoreUnavailableException("the store of the test is down: wait", null);
      }
    }

    private void hang() {
      var gate = hangs;
      if (gate != null) {
        asking.incrementAndGet();
        try {
          gate.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } finally {
          asking.decrementAndGet();
        }
      }
    }

    public Health health() {
      hang();
      return down ? Health.failing("down for the test") : Health.ok();
    }

    public void close() {}
  }

  static final class Current extends Store implements CurrentStore {
    final Map<String, MachineState> states = new ConcurrentSkipListMap<>();

    void put(MachineState state) {
      states.put(state.machineId(), state);
    }

    @Override
    public void update(MetricsEvent received) {
      throw new UnsupportedOperationException("a gateway only reads");
    }

    @Override
    public Optional<MachineState> machine(String machineId) {
      check();
      return Optional.ofNullable(states.get(machineId));
    }

    @Override
    public List<MachineState> machines() {
      check();
      return List.copyOf(states.values());
    }

    @Override
    public void forget(String machineId) {
      check();
      states.remove(machineId);
    }
  }

  static final class History extends Store implements HistoryStore {
    final List<HistoryQuery> asked = new CopyOnWriteArrayList<>();
    volatile HistoryResult result = new HistoryResult(Resolution.RAW, Duration.ZERO, List.of());
    final Map<Aggregation, HistoryResult> further = new ConcurrentHashMap<>();
    volatile CountDownLatch gate = new CountDownLatch(0);
    final Map<String, List<Sample>> newest = new ConcurrentSkipListMap<>();
    volatile @Nullable RuntimeException failure;

    @Override
    public void append(List<Batch> batches) {
      throw new UnsupportedOperationException("a gateway only reads");
    }

    @Override
    public Map<UUID, SeqRanges> committed(String machineId) {
      throw new UnsupportedOperationException("a gateway does not ask");
    }

    @Override
    public HistoryResult query(HistoryQuery query) {
      check();
      asked.add(query);
      var fails = failure;
      if (fails != null) {
        throw fails;
      }
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return further.getOrDefault(query.aggregation(), result);
    }

    @Override
    public Map<String, List<Sample>> newest(Instant since) {
      check();
      var found = new TreeMap<String, List<Sample>>();
      newest.forEach(
          (machine, samples) -> {
            var fresh = samples.stream().filter(s -> !s.observedAt().isBefore(since)).toList();
            if (!fresh.isEmpty()) {
              found.put(machine, fresh);
            }
          });
      return found;
    }
  }
}
