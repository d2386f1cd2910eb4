package io.sysmonstm.distributions;

import io.sysmonstm.aggregator.core.Aggregator;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.RoleSettings;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import java.net.InetSocketAddress;

/** All roles in one process: the whole path from the sensors of this machine to the page. */
final class Standalone {
  static final RoleSettings SETTINGS =
      RoleSettings.builder("standalone")
          .include(CollectorRole.SETTINGS)
          .include(AggregatorRole.SETTINGS)
          .include(AlertsRole.SETTINGS)
          .include(GatewayRole.SETTINGS)
          .build();

  private static final EventLog LOG = EventLog.of(Standalone.class);

  private final RoleContext context;
  private final Lifecycle lifecycle;

  Standalone(RoleContext context, Lifecycle lifecycle) {
    this.context = context;
    this.lifecycle = lifecycle;
  }

  /** Starts what receives before what sends; it is stopped in reverse. */
  void start() {
    var settings = context.settings();
    new ListenCheck(settings)
        .add(RoleKeys.AGGREGATOR_LISTEN, Enrolment.isSecured(settings))
        .add(RoleKeys.GATEWAY_LISTEN, GatewayRole.isSecured(settings))
        .apply(context, lifecycle);
    var backends = new Backends(context, lifecycle);
    var current = backends.current();
    var history = backends.history();
    var alerts = backends.alerts();
    var events = backends.events();
    AlertsRole.start(
        context, lifecycle, new AlertsRole.Sources(alerts, history, events, current::machines));
    var aggregator = AggregatorRole.start(context, lifecycle, current, history, events);
    var store = backends.access();
    var authority = AggregatorRole.authority(context, lifecycle, () -> store);
    var page =
        GatewayRole.start(
            context,
            lifecycle,
            new GatewayRole.Sources(current, history, alerts, store, events),
            settings.get(RoleKeys.AGGREGATOR_LISTEN),
            () -> health(aggregator),
            GatewayTls.start(context, lifecycle, authority));
    var ingest = AggregatorRole.listen(context, lifecycle, aggregator, current, authority);
    CollectorRole.start(following(ingest, store), lifecycle);
    var url = (GatewayTls.isOn(settings) ? "https" : "http") + "://localhost:" + page.getPort();
    LOG.info(
        "standalone_ready",
        "the page is on " + url,
        "page",
        url,
        "ingest",
        "localhost:" + ingest.getPort());
  }

  /** The collector sends to this process, wherever that listens, unless it is told otherwise. */
  private RoleContext following(InetSocketAddress ingest, AccessStore store) {
    if (context.configuration().isGiven(CollectorRole.AGGREGATOR_URL)) {
      return context;
    }
    var address = ingest.getAddress();
    var host = address.isAnyLocalAddress() ? "localhost" : address.getHostAddress();
    var scheme = Enrolment.speaksTls(context.settings()) ? "https://" : "";
    var invited =
        context.settings().get(Enrolment.ENABLED) ? Enrolment.invite(context, store) : context;
    return invited.with(
        CollectorRole.AGGREGATOR_URL,
        scheme + "%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, ingest.getPort()));
  }

  private static Health health(Aggregator aggregator) {
    return aggregator.readiness().ready() ? Health.ok() : Health.failing("it takes no batches");
  }
}
