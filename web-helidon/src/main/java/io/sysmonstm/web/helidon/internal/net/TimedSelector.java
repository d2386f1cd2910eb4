package io.sysmonstm.web.helidon.internal.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.sysmonstm.web.helidon.internal.http.Problem;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Puts every HTTP connection under the {@link Deadlines}, and lets so many in from one network.
 * WebSockets do not count among these once they are open: they have limits of their own.
 */
final class TimedSelector implements ServerConnectionSelector {
  private final ServerConnectionSelector http;
  private final Deadlines deadlines;
  private final Arrivals arrivals;
  private final NetworkPlaces places;

  /**
   * Creates one.
   *
   * @param http makes the connections
   * @param deadlines end those that are too slow
   * @param arrivals hear of each connection whose TLS handshake has ended
   * @param places for the connections of each network
   */
  TimedSelector(
      ServerConnectionSelector http, Deadlines deadlines, Arrivals arrivals, NetworkPlaces places) {
    this.http = http;
    this.deadlines = deadlines;
    this.arrivals = arrivals;
    this.places = places;
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    // Helidon shakes hands before it asks for this.
    arrivals.handshakeDone(
        new Arrival.Ends(context.remotePeer().address(), context.localPeer().address()));
    var place = new Place(InetAddress.ofLiteral(context.remotePeer().host()));
    var timed = new TimedContext(context, deadlines.time(), deadlines.timing(), place::leave);
    return new Connection(http.connection(timed), timed, place);
  }

  /** What a connection takes of its network's share. */
  private final class Place {
    private final InetAddress address;
    private final AtomicBoolean taken = new AtomicBoolean();

    private Place(InetAddress address) {
      this.address = address;
    }

    private boolean enter() {
      taken.set(places.enter(address));
      return taken.get();
    }

    private void leave() {
      if (taken.compareAndSet(true, false)) {
        places.leave(address);
      }
    }
  }

  private final class Connection implements ServerConnection, InterruptableTask<Void> {
    private final ServerConnection connection;
    private final TimedContext context;
    private final Place place;

    private Connection(ServerConnection connection, TimedContext context, Place place) {
      this.connection = connection;
      this.context = context;
      this.place = place;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
      deadlines.add(context);
      try {
        if (place.enter()) {
          connection.handle(limit);
        } else {
          refuse();
        }
      } finally {
        place.leave();
        deadlines.remove();
      }
    }

    // Before anything was read, so that it costs next to nothing.
    private void refuse() {
      deadlines.refused();
      var problem = Problem.refused(429, "too many connections from your address: close some");
      var head =
          """
          HTTP/1.1 429 Too Many Requests\r
          Content-Type: application/problem+json\r
          Cache-Control: no-store\r
          Retry-After: 1\r
          Connection: close\r
          Content-Length: %d\r
          \r
          """
              .formatted(problem.body().length);
      context
          .dataWriter()
          .writeNow(BufferData.create(head.getBytes(US_ASCII)), BufferData.create(problem.body()));
    }

    @Override
    public Duration idleTime() {
      return connection.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
      connection.close(interrupt);
    }

    @Override
    public boolean canInterrupt() {
      return connection instanceof InterruptableTask<?> task && task.canInterrupt();
    }
  }
}
