package io.sysmonstm.gateway.helidon;

import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.EventSubscriber;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.RuleReplay;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.SingleSignOn;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.net.Timing;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Collects the parts of a {@link Gateway}. Confined to one thread. */
public final class GatewayBuilder {
  InetSocketAddress listen = InetSocketAddress.createUnresolved("127.0.0.1", 8000);
  @Nullable CurrentStore currentStore;
  @Nullable HistoryStore historyStore;
  @Nullable AlertStore alertStore;
  @Nullable AccessStore accessStore;
  @Nullable Invitations invitations;
  @Nullable SingleSignOn signOn;
  @Nullable SSLContext tls;
  LoginMode login = LoginMode.AUTO;
  List<String> trustedProxies = List.of();
  @Nullable RuleReplay replay;
  @Nullable EventSubscriber subscriber;
  @Nullable EventPublisher publisher;
  @Nullable ExecutorService executor;
  TimeSource time = TimeSource.system();
  SelfMetrics metrics = new SelfMetrics();
  Supplier<Health> aggregatorHealth = Health::ok;
  Supplier<Health> eventsHealth = Health::ok;
  int maxViewers = 1_000;
  int maxMachines = 10_000;
  Duration forgetAfter = Duration.ofDays(30);
  List<String> allowedHosts = List.of();
  List<String> allowedOrigins = List.of();
  Timing timing = Timing.DEFAULT;
  @Nullable EdgeTarget edge;

  GatewayBuilder() {}

  /**
   * Sets where it listens: 127.0.0.1:8000 unless set; port 0 picks a free one.
   *
   * @param value the address, which need not be resolved
   * @return this builder
   */
  public GatewayBuilder listen(InetSocketAddress value) {
    listen = value;
    return this;
  }

  /**
   * Sets the store of current state. Required.
   *
   * @param value the store; not closed by the gateway
   * @return this builder
   */
  public GatewayBuilder currentStore(CurrentStore value) {
    currentStore = value;
    return this;
  }

  /**
   * Sets the store of history. Required.
   *
   * @param value the store; not closed by the gateway
   * @return this builder
   */
  public GatewayBuilder historyStore(HistoryStore value) {
    historyStore = value;
    return this;
  }

  /**
   * Sets the store of alerts and rules. Required.
   *
   * @param value the store; not closed by the gateway
   * @return this builder
   */
  public GatewayBuilder alertStore(AlertStore value) {
    alertStore = value;
    return this;
  }

  /**
   * Sets the store of who may come in. Required.
   *
   * @param value the store; not closed by the gateway
   * @return this builder
   */
  public GatewayBuilder accessStore(AccessStore value) {
    accessStore = value;
    return this;
  }

  /**
   * Sets who needs a login: {@link LoginMode#AUTO} unless set.
   *
   * @param value the mode
   * @return this builder
   */
  public GatewayBuilder login(LoginMode value) {
    login = value;
    return this;
  }

  /**
   * Sets what makes enrolment tokens. Without it the gateway makes none.
   *
   * @param value beside whose aggregator the machines come in
   * @return this builder
   */
  public GatewayBuilder invitations(Invitations value) {
    invitations = value;
    return this;
  }

  /**
   * Lets people in whom another service vouches for. Without it everybody has a password.
   *
   * @param value the service; not closed by the gateway
   * @return this builder
   */
  public GatewayBuilder singleSignOn(SingleSignOn value) {
    signOn = value;
    return this;
  }

  /**
   * Makes it speak TLS, and nothing else.
   *
   * @param value may change what it shows; TLS 1.2 is the floor
   * @return this builder
   */
  public GatewayBuilder tls(SSLContext value) {
    tls = value;
    return this;
  }

  /**
   * Sets whose word on the address of a client counts: nobody's unless set.
   *
   * @param value addresses of proxies, or networks such as {@code 10.0.0.0/8}
   * @return this builder
   */
  public GatewayBuilder trustedProxies(List<String> value) {
    trustedProxies = List.copyOf(value);
    return this;
  }

  /**
   * Sets what says what a rule would have done. Without it the gateway refuses such questions.
   *
   * @param value of the alerts engine
   * @return this builder
   */
  public GatewayBuilder ruleReplay(RuleReplay value) {
    replay = value;
    return this;
  }

  /**
   * Sets where events come from. Required.
   *
   * @param value the receiving side of the bus
   * @return this builder
   */
  public GatewayBuilder subscriber(EventSubscriber value) {
    subscriber = value;
    return this;
  }

  /**
   * Sets where acknowledgements are told. Required.
   *
   * @param value the sending side of the bus
   * @return this builder
   */
  public GatewayBuilder publisher(EventPublisher value) {
    publisher = value;
    return this;
  }

  /**
   * Sets the executor for all work that may block. Required.
   *
   * @param value starts each task at once, best on a virtual thread; not closed by the gateway
   * @return this builder
   */
  public GatewayBuilder executor(ExecutorService value) {
    executor = value;
    return this;
  }

  /**
   * Sets the time: that of the system unless set.
   *
   * @param value the clocks
   * @return this builder
   */
  public GatewayBuilder time(TimeSource value) {
    time = value;
    return this;
  }

  /**
   * Sets where it counts, and what it exposes as {@code sysmonstm_self_…}.
   *
   * @param value the metrics of this process
   * @return this builder
   */
  public GatewayBuilder metrics(SelfMetrics value) {
    metrics = value;
    return this;
  }

  /**
   * Sets how the aggregator is asked after, which may be another process. Without it the aggregator
   * counts as well.
   *
   * @param value a probe; may block, and is given up after two seconds
   * @return this builder
   */
  public GatewayBuilder aggregatorHealth(Supplier<Health> value) {
    aggregatorHealth = value;
    return this;
  }

  /**
   * Sets how the event bus is asked after. Without it the bus counts as well.
   *
   * @param value for example {@code bus::health}; may block, and is given up after two seconds
   * @return this builder
   */
  public GatewayBuilder eventsHealth(Supplier<Health> value) {
    eventsHealth = value;
    return this;
  }

  /**
   * Sets how many WebSocket viewers may be connected at one time: 1,000 unless set.
   *
   * @param value 1 or more
   * @return this builder
   */
  public GatewayBuilder maxViewers(int value) {
    maxViewers = value;
    return this;
  }

  /**
   * Sets how many machines the live view keeps: 10,000 unless set.
   *
   * @param value 1 or more
   * @return this builder
   */
  public GatewayBuilder maxMachines(int value) {
    maxMachines = value;
    return this;
  }

  /**
   * Sets after how long a silence a machine is gone for good: 30 days unless set. It is then
   * forgotten, as if somebody had removed it.
   *
   * @param value an hour to 100 years; longer than any machine is switched off for
   * @return this builder
   */
  public GatewayBuilder forgetAfter(Duration value) {
    forgetAfter = value;
    return this;
  }

  /**
   * Sets by which names it may be called beside the address it listens on and localhost.
   *
   * @param value host names without a port
   * @return this builder
   */
  public GatewayBuilder allowedHosts(List<String> value) {
    allowedHosts = List.copyOf(value);
    return this;
  }

  /**
   * Sets which origins beside its own may change things and open the WebSocket.
   *
   * @param value such as {@code https://example.org}
   * @return this builder
   */
  public GatewayBuilder allowedOrigins(List<String> value) {
    allowedOrigins = List.copyOf(value);
    return this;
  }

  /**
   * Sets the edge relay that is told what it may show. Without it nothing leaves.
   *
   * @param value the relay
   * @return this builder
   */
  public GatewayBuilder edge(EdgeTarget value) {
    edge = value;
    return this;
  }

  GatewayBuilder timing(Timing value) {
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
