package io.sysmonstm.testkit;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Topic;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Makes the buses that {@link EventBusContract} looks at. */
abstract class EventBusFixture {
  /** The queue of each subscription of a bus under test. */
  protected static final int QUEUE = 64;

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final Set<Topic> ALL = EnumSet.allOf(Topic.class);

  private final SeriesRegistry series = new SeriesRegistry();
  private final SelfMetrics metrics = new SelfMetrics();
  private final Queue<EventBus> peers = new ConcurrentLinkedQueue<>();
  EventBus bus = new NoBusYet();

  EventBusFixture() {}

  /**
   * {@return a new bus that works and shares events with no other}
   *
   * @param queue how many events wait for one subscription
   * @param counts where drops are counted, in a counter whose name has {@code dropped} in it
   * @throws Exception where it cannot be made
   */
  protected abstract EventBus createBus(int queue, SelfMetrics counts) throws Exception;

  /**
   * {@return a bus as another process would open it, on the same server as the bus that was made
   * last, so that they share events; empty where a bus cannot leave its process}
   *
   * @param queue how many events wait for one subscription
   * @param counts where drops are counted
   * @throws Exception where it cannot be made
   */
  protected Optional<EventBus> createPeer(int queue, SelfMetrics counts) throws Exception {
    return Optional.empty();
  }

  /**
   * {@return whether a slow handler loses the oldest of its events; false where the server keeps
   * them until it is done}
   */
  protected boolean dropsWhenSlow() {
    return true;
  }

  /** {@return whether the members of a group share the machines; false where each gets all} */
  protected boolean sharesMachines() {
    return false;
  }

  /**
   * {@return a batch as an event}
   *
   * @param machineId the machine
   * @param seq its number, 1 or more
   */
  protected final MetricsEvent event(String machineId, long seq) {
    return new BatchBuilder(series, machineId, seq, START.plusSeconds(5 * seq))
        .sample("cpu_percent", (int) (seq % 100))
        .event();
  }

  /** Makes the bus. */
  @BeforeEach
  void openBus() throws Exception {
    bus = createBus(QUEUE, metrics);
  }

  /** Ends the bus. */
  @AfterEach
  void closeBus() {
    peers.forEach(EventBus::close);
    bus.close();
  }

  final EventBus peer() throws Exception {
    var peer = createPeer(QUEUE, metrics);
    peer.ifPresent(peers::add);
    return peer.orElse(bus);
  }

  static AlertEvent alert(AlertEvent.Change change) {
    return new AlertEvent(Alert.builder("a1", "disk full", "web-1").build(), change);
  }

  static List<Long> seqs(Queue<Event> events, String machineId) {
    return events.stream()
        .filter(MetricsEvent.class::isInstance)
        .map(MetricsEvent.class::cast)
        .filter(event -> event.machineId().equals(machineId))
        .map(event -> event.batch().seq())
        .toList();
  }

  final double dropped() {
    return metrics.collect().stream()
        .filter(reading -> reading.name().contains("dropped"))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  /** Stands in until JUnit has called {@link #openBus}. */
  private static final class NoBusYet implements EventBus {
    @Override
    public void publish(Event event) {}

    @Override
    public Subscription subscribe(String name, Set<Topic> topics, Consumer<Event> handler) {
      throw new IllegalStateException("no bus yet");
    }

    @Override
    public Guarantee guarantee() {
      return Guarantee.AT_MOST_ONCE;
    }

    @Override
    public Health health() {
      return Health.failing("no bus yet");
    }

    @Override
    public void close() {}
  }
}
