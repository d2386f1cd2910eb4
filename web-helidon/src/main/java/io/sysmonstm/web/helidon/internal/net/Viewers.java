package io.sysmonstm.web.helidon.internal.net;

import io.helidon.webserver.spi.ServerConnection;
import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;

/**
 * All connected viewers, at {@code /ws}: how many may be, who has stalled, and how they are sent
 * away at the end. Thread-safe.
 */
public final class Viewers implements WebSocketEndpoint, SocketConnection.Host {
  private static final EventLog LOG = EventLog.of(Viewers.class);
  private static final int RETRY_SECONDS = 10;

  private final ViewerFeed feed;
  private final ViewerLimits limits;
  private final Timing timing;
  private final TimeSource time;
  private final ExecutorService executor;
  private final LongAdder refused;
  private final LongAdder evicted;
  private final Map<SocketConnection, InetAddress> connections = new ConcurrentHashMap<>();
  private volatile boolean closing;

  /**
   * Creates an empty set.
   *
   * @param role whose viewers these are, such as {@code gateway}
   * @param feed what viewers see
   * @param limits how many there may be
   * @param timing how patient to be
   * @param time the clock
   * @param executor for the writers
   * @param metrics where viewers are counted
   */
  public Viewers(
      String role,
      ViewerFeed feed,
      ViewerLimits limits,
      Timing timing,
      TimeSource time,
      ExecutorService executor,
      SelfMetrics metrics) {
    this.feed = feed;
    this.limits = limits;
    this.timing = timing;
    this.time = time;
    this.executor = executor;
    this.refused = metrics.counter(role + "_viewers_refused_total", "Viewers beyond the limit.");
    this.evicted =
        metrics.counter(role + "_viewers_evicted_total", "Viewers that stopped reading.");
    metrics.gauge(
        role + "_viewers", "Connected WebSocket viewers.", Labels.empty(), connections::size);
  }

  @Override
  public String path() {
    return "/ws";
  }

  @Override
  public ServerConnection open(Handshake handshake) {
    var address = handshake.client();
    admit(address);
    boolean opened = false;
    try {
      var connection = new SocketConnection(handshake.accept(), this);
      connections.put(connection, address);
      opened = true;
      return connection;
    } finally {
      if (!opened) {
        limits.release(address);
      }
    }
  }

  private void admit(InetAddress address) {
    var verdict = closing ? ViewerLimits.Verdict.TOO_MANY : limits.admit(address);
    if (verdict != ViewerLimits.Verdict.ADMITTED) {
      refused.increment();
    }
    switch (verdict) {
      case ADMITTED -> {}
      case TOO_MANY ->
          throw Handshake.refusal(503, "too many viewers: try again later", RETRY_SECONDS);
      case TOO_MANY_OF_ADDRESS ->
          throw Handshake.refusal(
              429,
              "too many viewers from your address: close some, or try again later",
              RETRY_SECONDS);
    }
  }

  int limit() {
    return limits.inAll();
  }

  @Override
  public Timing timing() {
    return timing;
  }

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public ExecutorService executor() {
    return executor;
  }

  @Override
  public ViewerFeed.Session begin(SocketConnection connection, Outbox outbox) {
    var session = feed.attach(outbox);
    if (closing) {
      outbox.close(CloseCode.GOING_AWAY);
    }
    return session;
  }

  @Override
  public void end(SocketConnection connection) {
    var address = connections.remove(connection);
    if (address != null) {
      limits.release(address);
    }
  }

  /** Ends the connections whose viewers do not read, or do not go when told. */
  public void tick() {
    long now = time.nanoTime();
    for (var connection : connections.keySet()) {
      if (connection.stalled(now)) {
        if (connection.evict()) {
          evicted.increment();
          LOG.info("viewer_evicted", "a viewer stopped reading");
        }
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
    connections.keySet().forEach(connection -> connection.close(CloseCode.GOING_AWAY));
    long deadline = System.nanoTime() + timing.goodbye().toNanos();
    try {
      while (!connections.isEmpty() && System.nanoTime() - deadline < 0) {
        Thread.sleep(Duration.ofMillis(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.keySet().forEach(SocketConnection::interrupt);
  }
}
