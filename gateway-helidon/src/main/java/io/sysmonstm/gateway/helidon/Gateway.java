package io.sysmonstm.gateway.helidon;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.gateway.helidon.internal.access.Access;
import io.sysmonstm.gateway.helidon.internal.http.AccessApi;
import io.sysmonstm.gateway.helidon.internal.http.Api;
import io.sysmonstm.gateway.helidon.internal.http.CurrentState;
import io.sysmonstm.gateway.helidon.internal.live.EventFeed;
import io.sysmonstm.gateway.helidon.internal.live.LiveFeed;
import io.sysmonstm.gateway.helidon.internal.live.LiveView;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.EventSubscriber;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.Readiness;
import io.sysmonstm.spi.RuleReplay;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.SingleSignOn;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.http.HostGuard;
import io.sysmonstm.web.helidon.internal.http.Route;
import io.sysmonstm.web.helidon.internal.http.Router;
import io.sysmonstm.web.helidon.internal.http.StaticFiles;
import io.sysmonstm.web.helidon.internal.net.ClientAddress;
import io.sysmonstm.web.helidon.internal.net.Deadlines;
import io.sysmonstm.web.helidon.internal.net.HttpServer;
import io.sysmonstm.web.helidon.internal.net.Ticker;
import io.sysmonstm.web.helidon.internal.net.Timing;
import io.sysmonstm.web.helidon.internal.net.ViewerLimits;
import io.sysmonstm.web.helidon.internal.net.Viewers;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
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

  private Gateway(Builder builder) {
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
    var deadlines = new Deadlines(ROLE, builder.timing, time, builder.metrics);
    this.ticker =
        new Ticker(
            builder.timing.tick(),
            List.of(
                live::tick,
                events::tick,
                feed::tick,
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
            new CurrentState(current, live, feed, executor),
            history,
            alerts,
            Optional.ofNullable(builder.replay),
            need(builder.publisher, "publisher"),
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
  private static boolean isAlone(Builder builder) {
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
  public static Builder builder() {
    return new Builder();
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

  /** Collects the parts. Confined to one thread. */
  public static final class Builder {
    private InetSocketAddress listen = InetSocketAddress.createUnresolved("127.0.0.1", 8000);
    private @Nullable CurrentStore currentStore;
    private @Nullable HistoryStore historyStore;
    private @Nullable AlertStore alertStore;
    private @Nullable AccessStore accessStore;
    private @Nullable Invitations invitations;
    private @Nullable SingleSignOn signOn;
    private @Nullable SSLContext tls;
    private LoginMode login = LoginMode.AUTO;
    private List<String> trustedProxies = List.of();
    private @Nullable RuleReplay replay;
    private @Nullable EventSubscriber subscriber;
    private @Nullable EventPublisher publisher;
    private @Nullable ExecutorService executor;
    private TimeSource time = TimeSource.system();
    private SelfMetrics metrics = new SelfMetrics();
    private Supplier<Health> aggregatorHealth = Health::ok;
    private Supplier<Health> eventsHealth = Health::ok;
    private int maxViewers = 1_000;
    private int maxMachines = 10_000;
    private List<String> allowedHosts = List.of();
    private List<String> allowedOrigins = List.of();
    private Timing timing = Timing.DEFAULT;
    private @Nullable EdgeTarget edge;

    private Builder() {}

    /**
     * Sets where it listens: 127.0.0.1:8000 unless set; port 0 picks a free one.
     *
     * @param value the address, which need not be resolved
     * @return this builder
     */
    public Builder listen(InetSocketAddress value) {
      listen = value;
      return this;
    }

    /**
     * Sets the store of current state. Required.
     *
     * @param value the store; not closed by the gateway
     * @return this builder
     */
    public Builder currentStore(CurrentStore value) {
      currentStore = value;
      return this;
    }

    /**
     * Sets the store of history. Required.
     *
     * @param value the store; not closed by the gateway
     * @return this builder
     */
    public Builder historyStore(HistoryStore value) {
      historyStore = value;
      return this;
    }

    /**
     * Sets the store of alerts and rules. Required.
     *
     * @param value the store; not closed by the gateway
     * @return this builder
     */
    public Builder alertStore(AlertStore value) {
      alertStore = value;
      return this;
    }

    /**
     * Sets the store of who may come in. Required.
     *
     * @param value the store; not closed by the gateway
     * @return this builder
     */
    public Builder accessStore(AccessStore value) {
      accessStore = value;
      return this;
    }

    /**
     * Sets who needs a login: {@link LoginMode#AUTO} unless set.
     *
     * @param value the mode
     * @return this builder
     */
    public Builder login(LoginMode value) {
      login = value;
      return this;
    }

    /**
     * Sets what makes enrolment tokens. Without it the gateway makes none.
     *
     * @param value beside whose aggregator the machines come in
     * @return this builder
     */
    public Builder invitations(Invitations value) {
      invitations = value;
      return this;
    }

    /**
     * Lets people in whom another service vouches for. Without it everybody has a password.
     *
     * @param value the service; not closed by the gateway
     * @return this builder
     */
    public Builder singleSignOn(SingleSignOn value) {
      signOn = value;
      return this;
    }

    /**
     * Makes it speak TLS, and nothing else.
     *
     * @param value may change what it shows; TLS 1.2 is the floor
     * @return this builder
     */
    public Builder tls(SSLContext value) {
      tls = value;
      return this;
    }

    /**
     * Sets whose word on the address of a client counts: nobody's unless set.
     *
     * @param value addresses of proxies, or networks such as {@code 10.0.0.0/8}
     * @return this builder
     */
    public Builder trustedProxies(List<String> value) {
      trustedProxies = List.copyOf(value);
      return this;
    }

    /**
     * Sets what says what a rule would have done. Without it the gateway refuses such questions.
     *
     * @param value of the alerts engine
     * @return this builder
     */
    public Builder ruleReplay(RuleReplay value) {
      replay = value;
      return this;
    }

    /**
     * Sets where events come from. Required.
     *
     * @param value the receiving side of the bus
     * @return this builder
     */
    public Builder subscriber(EventSubscriber value) {
      subscriber = value;
      return this;
    }

    /**
     * Sets where acknowledgements are told. Required.
     *
     * @param value the sending side of the bus
     * @return this builder
     */
    public Builder publisher(EventPublisher value) {
      publisher = value;
      return this;
    }

    /**
     * Sets the executor for all work that may block. Required.
     *
     * @param value starts each task at once, best on a virtual thread; not closed by the gateway
     * @return this builder
     */
    public Builder executor(ExecutorService value) {
      executor = value;
      return this;
    }

    /**
     * Sets the time: that of the system unless set.
     *
     * @param value the clocks
     * @return this builder
     */
    public Builder time(TimeSource value) {
      time = value;
      return this;
    }

    /**
     * Sets where it counts, and what it exposes as {@code sysmonstm_self_…}.
     *
     * @param value the metrics of this process
     * @return this builder
     */
    public Builder metrics(SelfMetrics value) {
      metrics = value;
      return this;
    }

    /**
     * Sets how the aggregator is asked after, which may be another process. Without it the
     * aggregator counts as well.
     *
     * @param value a probe; may block, and is given up after two seconds
     * @return this builder
     */
    public Builder aggregatorHealth(Supplier<Health> value) {
      aggregatorHealth = value;
      return this;
    }

    /**
     * Sets how the event bus is asked after. Without it the bus counts as well.
     *
     * @param value for example {@code bus::health}; may block, and is given up after two seconds
     * @return this builder
     */
    public Builder eventsHealth(Supplier<Health> value) {
      eventsHealth = value;
      return this;
    }

    /**
     * Sets how many WebSocket viewers may be connected at one time: 1,000 unless set.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder maxViewers(int value) {
      maxViewers = value;
      return this;
    }

    /**
     * Sets how many machines the live view keeps: 10,000 unless set.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder maxMachines(int value) {
      maxMachines = value;
      return this;
    }

    /**
     * Sets by which names it may be called beside the address it listens on and localhost.
     *
     * @param value host names without a port
     * @return this builder
     */
    public Builder allowedHosts(List<String> value) {
      allowedHosts = List.copyOf(value);
      return this;
    }

    /**
     * Sets which origins beside its own may change things and open the WebSocket.
     *
     * @param value such as {@code https://example.org}
     * @return this builder
     */
    public Builder allowedOrigins(List<String> value) {
      allowedOrigins = List.copyOf(value);
      return this;
    }

    /**
     * Sets the edge relay that is told what it may show. Without it nothing leaves.
     *
     * @param value the relay
     * @return this builder
     */
    public Builder edge(EdgeTarget value) {
      edge = value;
      return this;
    }

    Builder timing(Timing value) {
      timing = value;
      return this;
    }

    /**
     * {@return the gateway, which does nothing yet}
     *
     * @throws NullPointerException where a required part is missing, naming it
     */
    public Gateway build() {
      return new Gateway(this);
    }
  }
}
