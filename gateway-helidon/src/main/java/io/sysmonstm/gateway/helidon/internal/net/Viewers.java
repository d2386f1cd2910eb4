package io.sysmonstm.gateway.helidon.internal.net;

import io.sysmonstm.api.Labels;
import io.sysmonstm.gateway.helidon.internal.live.LiveView;
import io.sysmonstm.gateway.helidon.internal.live.Outbox;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * All connected viewers: how many may be, who has stalled, and how they are sent away at the end.
 * Thread-safe.
 */
public final class Viewers {
  private static final EventLog LOG = EventLog.of(Viewers.class);
  static final int GOING_AWAY = 1001;

  private final LiveView view;
  private final int limit;
  private final Timing timing;
  private final TimeSource time;
  private final ExecutorService executor;
  private final LongAdder refused;
  private final LongAdder evicted;
  private final AtomicInteger admitted = new AtomicInteger();
  private final Set<ViewerConnection> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  /**
   * Creates an empty set.
   *
   * @param view what viewers see
   * @param limit how many there may be
   * @param timing how patient to be
   * @param time the clock
   * @param executor for the writers
   * @param metrics where viewers are counted
   */
  public Viewers(
      LiveView view,
      int limit,
      Timing timing,
      TimeSource time,
      ExecutorService executor,
      SelfMetrics metrics) {
    this.view = view;
    this.limit = limit;
    this.timing = timing;
    this.time = time;
    this.executor = executor;
    this.refused = metrics.counter("gateway_viewers_refused_total", "Viewers beyond the limit.");
    this.evicted =
        metrics.counter("gateway_viewers_evicted_total", "Viewers that stopped reading.");
    metrics.gauge(
        "gateway_viewers", "Connected WebSocket viewers.", Labels.empty(), connections::size);
  }

  /** {@return whether one more may come in; where so, {@link #release} must follow} */
  boolean admit() {
    if (admitted.incrementAndGet() <= limit && !closing) {
      return true;
    }
    admitted.decrementAndGet();
    refused.increment();
    return false;
  }

  void release() {
    admitted.decrementAndGet();
  }

  Timing timing() {
    return timing;
  }

  TimeSource time() {
    return time;
  }

  ExecutorService executor() {
    return executor;
  }

  void add(ViewerConnection connection, Outbox outbox) {
    connections.add(connection);
    view.attach(outbox);
    if (closing) {
      outbox.close(GOING_AWAY);
    }
  }

  void remove(ViewerConnection connection, Outbox outbox) {
    view.detach(outbox);
    connections.remove(connection);
  }

  /** Ends the connections whose viewers do not read, or do not go when told. */
  public void tick() {
    long now = time.nanoTime();
    for (var connection : connections) {
      if (connection.stalled(now)) {
        evicted.increment();
        LOG.info("viewer_evicted", "a viewer stopped reading");
        connection.interrupt();
      } else if (connection.lingers(now)) {
        connection.interrupt();
      }
    }
  }

  /**
   * Sends all viewers away, and lets no more in; waits for them, {@link Timing#goodbye} at the
   * most.
   */
  public void close() {
    closing = true;
    connections.forEach(connection -> connection.close(GOING_AWAY));
    long deadline = System.nanoTime() + timing.goodbye().toNanos();
    try {
      while (!connections.isEmpty() && System.nanoTime() - deadline < 0) {
        Thread.sleep(Duration.ofMillis(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.forEach(ViewerConnection::interrupt);
  }
}
