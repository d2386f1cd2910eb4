package io.sysmonstm.web.helidon.internal.net;

import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.http.Headers;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.web.helidon.internal.http.HostGuard;
import io.sysmonstm.web.helidon.internal.http.Router;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * The listening server. Everything that Helidon would look up by itself is given or switched off.
 */
public final class HttpServer {
  private static final List<String> TLS_PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
  private static final int BACKLOG = 512;
  // Beyond the viewers: requests, and clients that mean no good.
  private static final int MORE_CONNECTIONS = 2_048;
  private static final int MAX_REQUEST_LINE_BYTES = 16_384;
  private static final int MAX_HEAD_BYTES = 16_384;
  // A client that sends somewhat too much gets to hear so; one that never ends is cut off.
  private static final long MAX_READ_BYTES = 8L << 20;
  private static final int MAX_REQUESTS_AT_ONCE = 512;
  private static final int REQUESTS_PER_NETWORK = 128;
  private static final int UNLIMITED = -1;
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration IDLE_CHECK = Duration.ofSeconds(15);
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final String role;
  private final WebServer server;
  private final InetAddress address;

  /**
   * Creates a server that does not listen yet.
   *
   * @param role what serves, such as {@code gateway}
   * @param listen where it will listen; port 0 picks a free one
   * @param router answers requests
   * @param guard refuses foreign ones
   * @param addresses finds out who a client is
   * @param viewers take WebSockets
   * @param others take further WebSockets
   * @param tls what it speaks TLS by; empty for plain text
   * @param deadlines end requests that come, and answers that are taken, too slowly
   * @param perNetwork how many connections there may be from one network, beside WebSockets
   */
  public HttpServer(
      String role,
      InetSocketAddress listen,
      Router router,
      HostGuard guard,
      ClientAddress addresses,
      Viewers viewers,
      List<WebSocketEndpoint> others,
      Optional<SSLContext> tls,
      Deadlines deadlines,
      int perNetwork) {
    this.role = role;
    var upgrader =
        new WebSocketUpgrader(
            Stream.concat(Stream.of(viewers), others.stream()).toList(),
            guard,
            addresses,
            tls.isPresent());
    this.address = resolve(role, listen);
    int connections = viewers.limit() + MORE_CONNECTIONS;
    var arrivals =
        new Arrivals(connections, new NetworkPlaces(perNetwork, addresses::isTrusted), deadlines);
    deadlines.watch(arrivals);
    var builder =
        WebServer.builder()
            .address(address)
            .port(listen.getPort())
            .backlog(BACKLOG)
            .maxTcpConnections(tls.isPresent() ? UNLIMITED : connections)
            .maxConcurrentRequests(MAX_REQUESTS_AT_ONCE)
            .maxPayloadSize(MAX_READ_BYTES)
            .connectionOptions(
                SocketOptions.builder().readTimeout(READ_TIMEOUT).tcpNoDelay(true).build())
            .idleConnectionTimeout(IDLE_TIMEOUT)
            .idleConnectionPeriod(IDLE_CHECK)
            .shutdownGracePeriod(GRACE)
            // The host owns the life of the process.
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .protocolsDiscoverServices(false)
            .mediaContext(MediaContext.builder().mediaSupportsDiscoverServices(false).build())
            .contentEncoding(
                ContentEncodingContext.builder().contentEncodingsDiscoverServices(false).build())
            .errorHandling(ErrorHandling.builder().includeEntity(true).build())
            .directHandlers(refusals())
            .addConnectionSelector(
                new TimedSelector(
                    http(upgrader),
                    deadlines,
                    arrivals,
                    new NetworkPlaces(perNetwork, addresses::isTrusted)))
            .routing(
                routing ->
                    routing.any(
                        new RequestHandler(
                            router,
                            guard,
                            addresses,
                            tls.isPresent(),
                            deadlines,
                            new NetworkPlaces(REQUESTS_PER_NETWORK, addresses::isTrusted))));
    tls.ifPresent(
        context ->
            builder.tls(
                Tls.builder()
                    .sslContext(GuardedTls.of(context, arrivals))
                    .enabledProtocols(TLS_PROTOCOLS)
                    .build()));
    this.server = builder.build();
  }

  private static InetAddress resolve(String role, InetSocketAddress listen) {
    try {
      var resolved = listen.getAddress();
      return resolved == null ? InetAddress.getByName(listen.getHostString()) : resolved;
    } catch (UnknownHostException e) {
      throw new ConfigException(
          List.of(
              "%s.listen is '%s': expected the name or address of a network interface here"
                  .formatted(role, listen.getHostString())));
    }
  }

  private static Http1ConnectionSelector http(WebSocketUpgrader upgrader) {
    return Http1ConnectionSelector.builder()
        .config(
            Http1Config.builder()
                .maxPrologueLength(MAX_REQUEST_LINE_BYTES)
                .maxHeadersSize(MAX_HEAD_BYTES)
                .receiveLog(false)
                .sendLog(false)
                .addReceiveListener(new HeadListener())
                .build())
        .addUpgrader(upgrader)
        .build();
  }

  private static final class HeadListener implements Http1ConnectionListener {
    @Override
    public void headers(ConnectionContext context, Headers headers) {
      if (context instanceof TimedContext timed) {
        timed.headRead(headers);
      }
    }
  }

  private static DirectHandlers refusals() {
    var handlers = DirectHandlers.builder();
    for (var type : DirectHandler.EventType.values()) {
      handlers.addHandler(type, new Refusals());
    }
    return handlers.build();
  }

  /**
   * Begins to listen.
   *
   * @return the address it listens on
   * @throws RequestException UNAVAILABLE where it cannot
   */
  public InetSocketAddress start() {
    server.start();
    // Helidon logs why it cannot start, and returns all the same.
    if (!server.isRunning()) {
      throw new RequestException(
          ErrorCode.UNAVAILABLE,
          "could not listen on %s, port %d: it is in use, or not allowed; change %s.listen, or end what uses it"
              .formatted(address.getHostAddress(), server.prototype().port(), role));
    }
    return new InetSocketAddress(address, server.port());
  }

  /** Stops listening, and ends all connections after a moment of grace. */
  public void stop() {
    server.stop();
  }
}
