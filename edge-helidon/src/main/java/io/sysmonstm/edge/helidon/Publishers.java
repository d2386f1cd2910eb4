package io.sysmonstm.edge.helidon;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.helidon.webserver.spi.ServerConnection;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.Publication;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.net.CloseCode;
import io.sysmonstm.web.helidon.internal.net.Handshake;
import io.sysmonstm.web.helidon.internal.net.MessageReader;
import io.sysmonstm.web.helidon.internal.net.Outbox;
import io.sysmonstm.web.helidon.internal.net.SocketConnection;
import io.sysmonstm.web.helidon.internal.net.Timing;
import io.sysmonstm.web.helidon.internal.net.ViewerFeed;
import io.sysmonstm.web.helidon.internal.net.WebSocketEndpoint;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Lets the gateway in that publishes here, at {@code /publish}: by its token, and one at a time. A
 * gateway that comes back takes the place of its own old connection at once; another one has to
 * wait until the first is gone, so that two gateways of one fleet stand in for each other instead
 * of pushing each other out. Thread-safe.
 */
final class Publishers implements WebSocketEndpoint, SocketConnection.Host {
  private static final EventLog LOG = EventLog.of(Publishers.class);
  private static final String BEARER = "Bearer ";
  private static final MessageReader.Limits LIMITS = new MessageReader.Limits(1 << 20, 5_000, 0);
  private static final Duration SILENT = Duration.ofSeconds(15);
  private static final Duration PING = Duration.ofSeconds(5);
  private static final Duration COMPLAINT = Duration.ofMinutes(1);
  private static final int RETRY_SECONDS = 5;
  private static final int MAX_INSTANCE = 64;

  private final EdgeView view;
  private final byte[] token;
  private final Timing timing;
  private final TimeSource time;
  private final ExecutorService executor;
  private final LongAdder refused;
  private final LongAdder messages;
  private final LongAdder malformed;
  // Both guarded by this.
  private @Nullable Publisher current;
  private @Nullable Instant complained;

  Publishers(
      EdgeView view,
      String token,
      Timing timing,
      TimeSource time,
      ExecutorService executor,
      SelfMetrics metrics) {
    this.view = view;
    this.token = hash(token);
    // It has to be known soon that a gateway is gone without a word.
    this.timing =
        timing.with(timing.ping().compareTo(PING) < 0 ? timing.ping() : PING, timing.tick());
    this.time = time;
    this.executor = executor;
    this.refused =
        metrics.counter("edge_publishers_refused_total", "Publishers without the right token.");
    this.messages = metrics.counter("edge_publications_total", "Messages of the gateway.");
    this.malformed =
        metrics.counter(
            "edge_publications_malformed_total", "Messages that are not what a gateway sends.");
  }

  // Hashes are of one length, so that comparing them tells nothing of the token's.
  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String path() {
    return "/publish";
  }

  @Override
  public ServerConnection open(Handshake handshake) {
    var given = handshake.header("Authorization").orElse("");
    boolean bearer = given.startsWith(BEARER);
    boolean known =
        MessageDigest.isEqual(token, hash(bearer ? given.substring(BEARER.length()) : ""));
    if (!bearer || !known) {
      refused.increment();
      complain("publisher_refused", "somebody tried to publish without the token");
      throw Handshake.unauthenticated("expected the publish token of this edge");
    }
    var instance =
        handshake
            .header("Sysmonstm-Gateway")
            .filter(name -> name.length() <= MAX_INSTANCE)
            .orElseGet(() -> UUID.randomUUID().toString());
    synchronized (this) {
      var before = current;
      if (before != null && !before.instance.equals(instance)) {
        complain("publisher_waits", "a second gateway waits until the first is gone");
        throw Handshake.refusal(409, "another gateway publishes here", RETRY_SECONDS);
      }
      var publisher = new Publisher(instance);
      var connection = new SocketConnection(handshake.accept(), this);
      publisher.connection = connection;
      current = publisher;
      if (before != null) {
        before.leave(CloseCode.GOING_AWAY);
      }
      return connection;
    }
  }

  private synchronized void complain(String event, String message) {
    var now = time.instant();
    var last = complained;
    if (last == null || !now.isBefore(last.plus(COMPLAINT))) {
      complained = now;
      LOG.warn(event, message, null);
    }
  }

  @Override
  public synchronized ViewerFeed.Session begin(SocketConnection connection, Outbox outbox) {
    var publisher = current;
    if (publisher == null || publisher.connection != connection) {
      outbox.close(CloseCode.GOING_AWAY);
      return new Publisher("");
    }
    LOG.info("gateway_connected", "a gateway publishes");
    return publisher;
  }

  @Override
  public synchronized void end(SocketConnection connection) {
    var publisher = current;
    if (publisher != null && publisher.connection == connection) {
      current = null;
      LOG.info("gateway_lost", "no gateway publishes any more");
      view.gatewayLost(publisher.heardAt);
    }
  }

  /** Gives up a gateway that is silent or does not go. */
  void tick() {
    long now = time.nanoTime();
    Publisher publisher;
    synchronized (this) {
      publisher = current;
    }
    if (publisher != null) {
      publisher.judge(now);
    }
  }

  /** Sends the gateway away. */
  synchronized void close() {
    if (current != null) {
      current.leave(CloseCode.GOING_AWAY);
    }
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

  /** A gateway on its connection. */
  private final class Publisher implements ViewerFeed.Session {
    private final String instance;
    private volatile Instant heardAt = time.instant();
    private volatile @Nullable SocketConnection connection;

    private Publisher(String instance) {
      this.instance = instance;
    }

    private void leave(int code) {
      var open = connection;
      if (open != null) {
        open.close(code);
      }
    }

    private void judge(long now) {
      var open = connection;
      if (open == null) {
        return;
      }
      if (open.idleTime().compareTo(SILENT) >= 0 || open.stalled(now) || open.lingers(now)) {
        open.interrupt();
      } else {
        open.pingIfDue(now);
      }
    }

    @Override
    public MessageReader.Limits limits() {
      return LIMITS;
    }

    @Override
    public boolean accept(byte[] message) {
      messages.increment();
      heardAt = time.instant();
      try {
        var publication = Publication.read(message);
        synchronized (Publishers.this) {
          // One that was replaced has nothing to say any more.
          if (current == this) {
            view.accept(publication);
          }
        }
        return true;
      } catch (RequestException e) {
        malformed.increment();
        complain("publication_refused", Names.shown(String.valueOf(e.getMessage())));
        return false;
      }
    }

    @Override
    public void close() {}
  }
}
