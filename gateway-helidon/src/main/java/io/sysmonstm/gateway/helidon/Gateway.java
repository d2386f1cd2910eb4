package io.sysmonstm.gateway.helidon;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.gateway.helidon.internal.access.Access;
import io.sysmonstm.gateway.helidon.internal.http.AccessApi;
import io.sysmonstm.gateway.helidon.internal.http.Api;
import io.sysmonstm.gateway.helidon.internal.http.CurrentState;
import io.sysmonstm.gateway.helidon.internal.live.EventFeed;
import io.sysmonstm.gateway.helidon.internal.live.GoneMachines;
import io.sysmonstm.gateway.helidon.internal.live.LiveFeed;
import io.sysmonstm.gateway.helidon.internal.live.LiveView;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Readiness;
import io.sysmonstm.web.helidon.internal.http.HostGuard;
import io.sysmonstm.web.helidon.internal.http.Route;
import io.sysmonstm.web.helidon.internal.http.Router;
import io.sysmonstm.web.helidon.internal.http.StaticFiles;
import io.sysmonstm.web.helidon.internal.net.ClientAddress;
import io.sysmonstm.web.helidon.internal.net.Deadlines;
import io.sysmonstm.web.helidon.internal.net.HttpServer;
import io.sysmonstm.web.helidon.internal.net.Ticker;
import io.sysmonstm.web.helidon.internal.net.ViewerLimits;
import io.sysmonstm.web.helidon.internal.net.Viewers;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Serves a fleet over HTTP: the REST API, the live WebSocket and the dashboard. Reads stores and
 * events and owns none of them. Thread-safe; it is started once and closed once.
 */
public final class Gateway implements AutoCloseable {
  private static final EventLog LOG = EventLog.of(Gateway.class);
  private static final String ROLE = "gateway";
  // A whole office may be behind one address, and a browser opens six.
  private static final int CONNECTIONS_PER_NETWORK = 256;

  private final ExecutorService executor;
  private final LiveFeed feed;
  private final EventFeed events;
  private final Viewers viewers;
  private final HttpServer server;
  private final ReadinessCheck readiness;
  private final Ticker ticker;
  private final Access access;
  private final List<Route> routes;
  private final Optional<EdgeOutlet> edge;
  private volatile boolean draining;
  private boolean started;
  private boolean closed;

  Gateway(GatewayBuilder builder) {
    var current = need(builder.currentStore, "currentStore");
    var history = need(builder.historyStore, "historyStore");
    var alerts = need(builder.alertStore, "alertStore");
    this.executor = need(builder.executor, "executor");
    var time = builder.time;
    var accessStore = need(builder.accessStore, "accessStore");
    var accessCalls = AccessApi.calls(executor);
    this.access =
        new Access(accessStore, accessCalls, builder.login, isAlone(builder), time, executor);
    var live = new LiveView(time, builder.maxMachines, builder.metrics);
    this.feed = new LiveFeed(live, current, history, alerts, time, executor);
    this.events = new EventFeed(need(builder.subscriber, "subscriber"), live, time, executor);
    this.viewers =
        new Viewers(
            ROLE,
            access,
            live,
            ViewerLimits.inAll(builder.maxViewers),
            builder.timing,
            time,
            executor,
            builder.metrics);
    this.edge =
        Optional.ofNullable(builder.edge)
            .map(target -> new EdgeOutlet(target, live, time, executor, builder.metrics));
    var publisher = need(builder.publisher, "publisher");
    var state = new CurrentState(current, live, feed, executor);
    var gone =
        new GoneMachines(
            state::forget,
            live,
            publisher,
            entry -> accessCalls.tell(() -> accessStore.record(entry)),
            builder.forgetAfter,
            time,
            executor);
    var deadlines = new Deadlines(ROLE, builder.timing, time, builder.metrics);
    this.ticker =
        new Ticker(
            builder.timing.tick(),
            List.of(
                live::tick,
                events::tick,
                feed::tick,
                gone::tick,
                access::tick,
                viewers::tick,
                deadlines::tick));
    this.readiness =
        new ReadinessCheck(
            () -> draining,
            Map.of(
                ReadinessCheck.AGGREGATOR,
                builder.aggregatorHealth,
                ReadinessCheck.CURRENT_STATE,
                ReadinessCheck.both(current::health, feed::currentProblem),
                ReadinessCheck.HISTORY,
                history::health,
                ReadinessCheck.EVENTS,
                ReadinessCheck.both(builder.eventsHealth, events::problem)),
            live,
            executor);
    var api =
        new Api(
            state,
            gone,
            history,
            alerts,
            Optional.ofNullable(builder.replay),
            publisher,
            time,
            builder.metrics,
            readiness::check,
            this::notes,
            new AccessApi(
                accessStore,
                accessCalls,
                access,
                Optional.ofNullable(builder.invitations),
                Optional.ofNullable(builder.signOn),
                time,
                executor),
            executor);
    this.routes = api.routes();
    this.server =
        new HttpServer(
            ROLE,
            builder.listen,
            new Router(
                access, routes, StaticFiles.ofDashboard(), "/api/v1/openapi.json lists the calls"),
            new HostGuard(ROLE, builder.listen, builder.allowedHosts, builder.allowedOrigins),
            new ClientAddress(networks(builder.trustedProxies)),
            viewers,
            List.of(),
            Optional.ofNullable(builder.tls),
            deadlines,
            CONNECTIONS_PER_NETWORK);
  }

  // Who names proxies or hosts expects visitors from elsewhere.
  private static boolean isAlone(GatewayBuilder builder) {
    var listen = builder.listen;
    return new Endpoint(listen.getHostString(), listen.getPort(), false).isLoopback()
        && builder.trustedProxies.isEmpty()
        && builder.allowedHosts.isEmpty();
  }

  private static List<ClientAddress.Network> networks(List<String> texts) {
    return texts.stream().map(text -> ClientAddress.Network.parse(text).orElseThrow()).toList();
  }

  private static <T> T need(@Nullable T part, String name) {
    return Objects.requireNonNull(part, () -> "a gateway needs " + name);
  }

  /** {@return a builder without parts} */
  public static GatewayBuilder builder() {
    return new GatewayBuilder();
  }

  /**
   * Begins to listen, and to follow the events. Neither needs a store or an aggregator that works.
   *
   * @return the address it listens on
   * @throws RequestException UNAVAILABLE where the address cannot be listened on,
   *     FAILED_PRECONDITION where it was started or closed before
   */
  public synchronized InetSocketAddress start() {
    if (started || closed) {
      throw new RequestException(
          ErrorCode.FAILED_PRECONDITION, "a gateway is started once; build another one");
    }
    started = true;
    // First the events and then the stores, so that nothing falls between the two.
    events.start();
    feed.tick();
    executor.execute(ticker);
    edge.ifPresent(EdgeOutlet::start);
    try {
      var address = server.start();
      LOG.info("gateway_started", "listening", "address", text(address));
      return address;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** For tests: the calls of the API. */
  List<Route> routes() {
    return routes;
  }

  /** For tests: does what is due, as happens by itself once a second. */
  void tick() {
    ticker.round();
  }

  private static String text(InetSocketAddress address) {
    return String.format(
        Locale.ROOT, "%s:%d", address.getAddress().getHostAddress(), address.getPort());
  }

  /** {@return whether it can serve, and which parts fail; may wait two seconds for the probes} */
  public Readiness readiness() {
    return readiness.check();
  }

  // An edge that is away takes nothing from those who look at this page.
  private Map<String, Health> notes() {
    return edge.map(outlet -> Map.of("edge", outlet.health())).orElse(Map.of());
  }

  /**
   * Tells load balancers to stay away: not ready from now on, while everything is still served.
   * Does not block.
   */
  public void drain() {
    draining = true;
  }

  /**
   * Sends viewers away with code 1001, stops listening, and ends what is left; within five seconds.
   */
  @Override
  public void close() {
    drain();
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    edge.ifPresent(EdgeOutlet::close);
    viewers.close();
    server.stop();
    ticker.close();
    events.close();
    LOG.info("gateway_stopped", "stopped");
  }
}
