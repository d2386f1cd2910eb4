package io.sysmonstm.edge.helidon;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Readiness;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Gate;
import io.sysmonstm.web.helidon.internal.http.HealthCalls;
import io.sysmonstm.web.helidon.internal.http.HostGuard;
import io.sysmonstm.web.helidon.internal.http.Problem;
import io.sysmonstm.web.helidon.internal.http.Right;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Shows the world what a gateway publishes, read-only: the dashboard's live view, and nothing that
 * leads further. It has no store, asks nobody, and keeps only what it was told last. Thread-safe;
 * it is started once and closed once.
 */
public final class EdgeRelay implements AutoCloseable {
  private static final EventLog LOG = EventLog.of(EdgeRelay.class);
  private static final String ROLE = "edge";
  private static final String PUBLISHER = "publisher";
  private static final int CONNECTIONS_PER_NETWORK = 64;

  private final ExecutorService executor;
  private final EdgeView view;
  private final Publishers publishers;
  private final Viewers viewers;
  private final HttpServer server;
  private final Ticker ticker;
  private volatile boolean draining;
  private boolean started;
  private boolean closed;

  private EdgeRelay(Builder builder) {
    this.executor = need(builder.executor, "executor");
    var token = need(builder.publishToken, "publishToken");
    var time = builder.time;
    var metrics = builder.metrics;
    this.view = new EdgeView(time, builder.maxMachines, builder.maxBytes, metrics);
    this.publishers = new Publishers(view, token, builder.timing, time, executor, metrics);
    this.viewers =
        new Viewers(
            ROLE,
            Gate.open(),
            view,
            new ViewerLimits(builder.maxViewers, builder.maxViewersPerAddress),
            builder.timing,
            time,
            executor,
            metrics);
    var deadlines = new Deadlines(ROLE, builder.timing, time, metrics);
    this.ticker =
        new Ticker(
            builder.timing.tick(), List.of(publishers::tick, viewers::tick, deadlines::tick));
    this.server =
        new HttpServer(
            ROLE,
            builder.listen,
            new Router(
                Gate.open(),
                routes(),
                StaticFiles.ofDashboard(),
                "an edge relay has the page alone"),
            new HostGuard(ROLE, builder.listen, builder.allowedHosts, builder.allowedOrigins),
            new ClientAddress(networks(builder.trustedProxies)),
            viewers,
            List.of(publishers),
            Optional.ofNullable(builder.tls),
            deadlines,
            CONNECTIONS_PER_NETWORK);
  }

  private static <T> T need(@Nullable T part, String name) {
    return Objects.requireNonNull(part, () -> "an edge relay needs " + name);
  }

  private static List<ClientAddress.Network> networks(List<String> texts) {
    var networks = new ArrayList<ClientAddress.Network>();
    var problems = new ArrayList<String>();
    for (var text : texts) {
      ClientAddress.Network.parse(text)
          .ifPresentOrElse(
              networks::add,
              () ->
                  problems.add(
                      "edge.trusted-proxies has '%s': expected addresses such as 10.0.0.1 or 10.0.0.0/8"
                          .formatted(text)));
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return networks;
  }

  private List<Route> routes() {
    var routes = new ArrayList<Route>();
    // The page reads from it that there is nothing to ask for here.
    routes.add(
        Route.of(
            Right.NONE,
            "GET",
            "/health",
            call ->
                Answer.json(
                    json -> {
                      json.writeStartObject();
                      json.writeStringProperty("status", "up");
                      json.writeBooleanProperty("rest", false);
                      json.writeEndObject();
                    })));
    routes.addAll(
        new HealthCalls(List.of(ROLE, PUBLISHER), this::readiness, Map::of, Gate.open(), executor)
            .routes());
    for (var path : List.of("/ws", "/publish")) {
      routes.add(Route.of(Right.NONE, "GET", path, call -> Problem.upgradeRequired()));
    }
    return routes;
  }

  /** {@return a builder without parts} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Begins to listen. Needs no gateway: until one comes, viewers are told that it is away.
   *
   * @return the address it listens on
   * @throws RequestException UNAVAILABLE where the address cannot be listened on,
   *     FAILED_PRECONDITION where it was started or closed before
   */
  public synchronized InetSocketAddress start() {
    if (started || closed) {
      throw new RequestException(
          ErrorCode.FAILED_PRECONDITION, "an edge relay is started once; build another one");
    }
    started = true;
    executor.execute(ticker);
    try {
      var address = server.start();
      LOG.info(
          "edge_started",
          "listening",
          "address",
          address.getAddress().getHostAddress() + ":" + address.getPort());
      return address;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** For tests: does what is due, as happens by itself once a second. */
  void tick() {
    ticker.round();
  }

  /** {@return whether it can serve: always, until it stops; degraded while no gateway publishes} */
  public Readiness readiness() {
    var publisher =
        view.away()
            .map(since -> Health.failing("no gateway since " + ValueWriter.time(since)))
            .orElse(Health.ok());
    var own = draining ? Health.failing("stopping") : Health.ok();
    return new Readiness(!draining, Map.of(ROLE, own, PUBLISHER, publisher));
  }

  /**
   * Tells load balancers to stay away: not ready from now on, while everything is still served.
   * Does not block.
   */
  public void drain() {
    draining = true;
  }

  /**
   * Sends viewers and the gateway away with code 1001, stops listening, and ends what is left;
   * within five seconds.
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
    publishers.close();
    viewers.close();
    server.stop();
    ticker.close();
    LOG.info("edge_stopped", "stopped");
  }

  /** Collects the parts. Confined to one thread. */
  public static final class Builder {
    private InetSocketAddress listen = InetSocketAddress.createUnresolved("127.0.0.1", 8080);
    private @Nullable String publishToken;
    private @Nullable ExecutorService executor;
    private TimeSource time = TimeSource.system();
    private SelfMetrics metrics = new SelfMetrics();
    private int maxViewers = 1_000;
    private int maxViewersPerAddress = 20;
    private int maxMachines = 1_000;
    private long maxBytes = 16L << 20;
    private List<String> allowedHosts = List.of();
    private List<String> allowedOrigins = List.of();
    private List<String> trustedProxies = List.of();
    private Timing timing = Timing.DEFAULT;

    private @Nullable SSLContext tls;

    private Builder() {}

    /**
     * Sets where it listens: 127.0.0.1:8080 unless set; port 0 picks a free one.
     *
     * @param value the address, which need not be resolved
     * @return this builder
     */
    public Builder listen(InetSocketAddress value) {
      listen = value;
      return this;
    }

    /**
     * Sets what a gateway has to know to publish here. Required.
     *
     * @param value a secret
     * @return this builder
     */
    public Builder publishToken(String value) {
      publishToken = value;
      return this;
    }

    /**
     * Sets the executor for all work that may block. Required.
     *
     * @param value starts each task at once, best on a virtual thread; not closed by the relay
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
     * Sets where it counts.
     *
     * @param value the metrics of this process
     * @return this builder
     */
    public Builder metrics(SelfMetrics value) {
      metrics = value;
      return this;
    }

    /**
     * Sets how many viewers may be connected at one time: 1,000 unless set.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder maxViewers(int value) {
      maxViewers = value;
      return this;
    }

    /**
     * Sets how many viewers may come from one address, of IPv6 from one /64: 20 unless set.
     * Loopback addresses are exempt.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder maxViewersPerAddress(int value) {
      maxViewersPerAddress = value;
      return this;
    }

    /**
     * Sets how many machines are shown: 1,000 unless set. What these take in JSON is bound by 16
     * MiB.
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
     * Sets which origins beside its own may open the WebSocket.
     *
     * @param value such as {@code https://example.org}
     * @return this builder
     */
    public Builder allowedOrigins(List<String> value) {
      allowedOrigins = List.copyOf(value);
      return this;
    }

    /**
     * Sets whose {@code X-Forwarded-For} is believed: nobody's unless set.
     *
     * @param value addresses, such as {@code 10.0.0.0/8}
     * @return this builder
     */
    public Builder trustedProxies(List<String> value) {
      trustedProxies = List.copyOf(value);
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

    Builder maxBytes(long value) {
      maxBytes = value;
      return this;
    }

    Builder timing(Timing value) {
      timing = value;
      return this;
    }

    /**
     * {@return the relay, which does nothing yet}
     *
     * @throws NullPointerException where a required part is missing, naming it
     * @throws ConfigException where a proxy is not an address
     */
    public EdgeRelay build() {
      return new EdgeRelay(this);
    }
  }
}
