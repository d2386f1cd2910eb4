package io.sysmonstm.web.helidon.internal.net;

import io.helidon.webserver.spi.ServerConnection;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.http.Gate;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Visitor;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * All connected viewers, at {@code /ws}: how many may be, who has stalled, and how they are sent
 * away at the end. Thread-safe.
 */
public final class Viewers implements WebSocketEndpoint, SocketConnection.Host {
  private static final EventLog LOG = EventLog.of(Viewers.class);
  private static final int RETRY_SECONDS = 10;
  private static final Duration RECHECK = Duration.ofSeconds(20);
  // Who takes a frame within this time holds nothing for long.
  private static final Duration BRISK = Duration.ofSeconds(2);
  // All that says who a viewer is; a browser sends much more.
  private static final Set<String> KEPT_HEADERS = Set.of("Authorization", "Cookie");

  private final Gate gate;
  private final ViewerFeed feed;
  private final ViewerLimits limits;
  private final Timing timing;
  private final TimeSource time;
  private final ExecutorService executor;
  private final LongAdder refused;
  private final LongAdder evicted;
  private final Map<SocketConnection, Visitor> connections = new ConcurrentHashMap<>();
  private final AtomicBoolean checking = new AtomicBoolean();
  private volatile long checkedNanos;
  private volatile boolean closing;

  /**
   * Creates an empty set.
   *
   * @param role whose viewers these are, such as {@code gateway}
   * @param gate lets viewers in, and is asked again now and then
   * @param feed what viewers see
   * @param limits how many there may be
   * @param timing how patient to be
   * @param time the clock
   * @param executor for the writers
   * @param metrics where viewers are counted
   */
  public Viewers(
      String role,
      Gate gate,
      ViewerFeed feed,
      ViewerLimits limits,
      Timing timing,
      TimeSource time,
      ExecutorService executor,
      SelfMetrics metrics) {
    this.gate = gate;
    this.feed = feed;
    this.limits = limits;
    this.timing = timing;
    this.time = time;
    this.checkedNanos = time.nanoTime();
    this.executor = executor;
    this.refused = metrics.counter(role + "_viewers_refused_total", "Viewers beyond the limit.");
    this.evicted =
        metrics.counter(
            role + "_viewers_evicted_total", "Viewers that stopped reading, or read too slowly.");
    metrics.gauge(
        role + "_viewers", "Connected WebSocket viewers.", Labels.empty(), connections::size);
  }

  @Override
  public String path() {
    return "/ws";
  }

  @Override
  public ServerConnection open(Handshake handshake) {
    authorise(handshake.visitor());
    var address = handshake.client();
    admit(address);
    boolean opened = false;
    try {
      var connection = new SocketConnection(handshake.accept(), this);
      connections.put(connection, handshake.visitor().keeping(KEPT_HEADERS));
      opened = true;
      return connection;
    } finally {
      if (!opened) {
        limits.release(address);
      }
    }
  }

  private void authorise(Visitor visitor) {
    try {
      gate.admit(visitor, Right.READ);
    } catch (SysmonstmException e) {
      throw Handshake.refusal(e);
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
    var visitor = connections.remove(connection);
    if (visitor != null) {
      limits.release(InetAddress.ofLiteral(visitor.address()));
    }
  }

  /**
   * Ends the connections whose viewers do not read, or do not go when told, and pings the others.
   */
  public void tick() {
    long now = time.nanoTime();
    for (var connection : connections.keySet()) {
      if (connection.stalled(now)) {
        evict(connection, "a viewer stopped reading, or reads too slowly");
      } else if (connection.lingers(now)) {
        connection.interrupt();
      } else {
        connection.pingIfDue(now);
      }
    }
    PinnedFrames.tooMuch(connections.keySet(), now - BRISK.toNanos())
        .forEach(
            connection ->
                evict(connection, "slow viewers hold too much memory; one of them had to go"));
    if (now - checkedNanos >= RECHECK.toNanos() && checking.compareAndSet(false, true)) {
      checkedNanos = now;
      recheckInBackground();
    }
  }

  private void evict(SocketConnection connection, String why) {
    if (connection.evict()) {
      evicted.increment();
      LOG.info("viewer_evicted", why);
    }
  }

  private void recheckInBackground() {
    try {
      executor.execute(
          () -> {
            try {
              recheck();
            } finally {
              checking.set(false);
            }
          });
    } catch (RejectedExecutionException stopping) {
      checking.set(false);
    }
  }

  // Each credential once, however many viewers came with it.
  private void recheck() {
    connections.entrySet().stream()
        .collect(
            Collectors.groupingBy(
                viewer -> credentials(viewer.getValue()),
                Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
        .values()
        .forEach(this::recheck);
  }

  // What the gate looks at, but for the address.
  private static List<Object> credentials(Visitor visitor) {
    return List.of(visitor.header(), visitor.secure(), visitor.passedOn());
  }

  private void recheck(Map<SocketConnection, Visitor> viewers) {
    try {
      gate.admit(viewers.values().iterator().next(), Right.READ);
    } catch (SysmonstmException e) {
      switch (e.code()) {
        case UNAUTHENTICATED, PERMISSION_DENIED -> close(viewers, CloseCode.POLICY);
        case UNAVAILABLE -> close(viewers, CloseCode.TRY_AGAIN);
        default -> LOG.debug("viewer_not_rechecked", "asked again later", "code", e.code());
      }
    }
  }

  private static void close(Map<SocketConnection, Visitor> viewers, int code) {
    viewers.keySet().forEach(connection -> connection.close(code));
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
