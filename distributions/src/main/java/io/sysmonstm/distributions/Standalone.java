package io.sysmonstm.distributions;

import io.sysmonstm.aggregator.core.Aggregator;
import io.sysmonstm.alerts.engine.AlertEngine;
import io.sysmonstm.alerts.engine.AlertSettings;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.gateway.helidon.Gateway;
import io.sysmonstm.gateway.helidon.GatewaySettings;
import io.sysmonstm.plugin.host.DirectoryLock;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.IngestServerProvider;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** All roles in one process: the whole path from the sensors of this machine to the page. */
final class Standalone {
  private static final EventLog LOG = EventLog.of(Standalone.class);
  private static final String SQLITE_DIRECTORY = "org.sqlite.tmpdir";
  private static final Duration STREAM_GRACE = Duration.ofSeconds(2);

  private record Stores(CurrentStore current, HistoryStore history, AlertStore alerts) {}

  private final RoleContext context;
  private final Lifecycle lifecycle;

  Standalone(RoleContext context, Lifecycle lifecycle) {
    this.context = context;
    this.lifecycle = lifecycle;
  }

  /** Starts what receives before what sends; it is stopped in reverse. */
  void start() {
    lifecycle.own("host", context.host());
    ListenCheck.of(context.settings(), RoleKeys.AGGREGATOR_LISTEN, RoleKeys.GATEWAY_LISTEN);
    lifecycle.own("data directory", DirectoryLock.acquire(context.host().dataDirectory()));
    keepNativeCodeIn(context.host().dataDirectory());
    var stores = openStores();
    var bus = lifecycle.own("events", context.create(EventBusProvider.class, RoleKeys.EVENTS_BUS));
    startAlerts(stores, bus);
    var aggregator = startAggregator(stores, bus);
    var page = startGateway(stores, bus, aggregator);
    var ingest = startIngest(stores, aggregator);
    CollectorRole.start(following(ingest), lifecycle);
    LOG.info(
        "standalone_ready",
        "the page is on http://localhost:" + page.getPort(),
        "page",
        "http://localhost:" + page.getPort(),
        "ingest",
        "localhost:" + ingest.getPort());
  }

  /**
   * The SQLite driver unpacks its library; a killed process leaves it behind, the next start clears
   * it.
   */
  private static void keepNativeCodeIn(Path directory) {
    if (System.getProperty(SQLITE_DIRECTORY) == null) {
      System.setProperty(SQLITE_DIRECTORY, directory.toString());
    }
  }

  private Stores openStores() {
    return new Stores(
        lifecycle.own(
            "current store", context.create(CurrentStoreProvider.class, RoleKeys.CURRENT_STORE)),
        lifecycle.own(
            "history store", context.create(HistoryStoreProvider.class, RoleKeys.HISTORY_STORE)),
        lifecycle.own(
            "alert store", context.create(AlertStoreProvider.class, RoleKeys.HISTORY_STORE)));
  }

  private void startAlerts(Stores stores, EventBus bus) {
    var host = context.host();
    var builder =
        AlertEngine.builder(bus, bus, stores.alerts, host.executor())
            .rules(AlertSettings.rules(context.settings(), host.metrics()))
            .time(host.time())
            .metrics(host.metrics());
    for (var notifier : context.notifiers()) {
      builder.notifier(
          notifier.name(), lifecycle.own("notifier " + notifier.name(), context.create(notifier)));
    }
    var engine = lifecycle.own("alerts", builder.build());
    engine.start();
  }

  private Aggregator startAggregator(Stores stores, EventBus bus) {
    var host = context.host();
    var settings = context.settings();
    var aggregator =
        Aggregator.builder(stores.current, stores.history, bus)
            .series(host.series())
            .time(host.time())
            .metrics(host.metrics())
            .batchMaxSamples(settings.get(RoleKeys.BATCH_MAX_SAMPLES))
            .batchMaxAge(settings.get(RoleKeys.BATCH_MAX_AGE))
            .build();
    lifecycle.own("aggregator", aggregator);
    return aggregator.start();
  }

  private InetSocketAddress startGateway(Stores stores, EventBus bus, Aggregator aggregator) {
    var host = context.host();
    var settings = context.settings();
    var gateway =
        Gateway.builder()
            .listen(settings.get(GatewaySettings.LISTEN))
            .currentStore(stores.current)
            .historyStore(stores.history)
            .alertStore(stores.alerts)
            .subscriber(bus)
            .publisher(bus)
            .executor(host.executor())
            .time(host.time())
            .metrics(host.metrics())
            .aggregatorHealth(() -> health(aggregator))
            .eventsHealth(bus::health)
            .maxViewers(settings.get(GatewaySettings.MAX_VIEWERS))
            .maxMachines(settings.get(GatewaySettings.MAX_MACHINES))
            .allowedHosts(settings.get(GatewaySettings.ALLOWED_HOSTS))
            .allowedOrigins(settings.get(GatewaySettings.ALLOWED_ORIGINS))
            .build();
    lifecycle.own("gateway", gateway);
    try {
      return gateway.start();
    } catch (RequestException e) {
      throw new ConfigException(
          List.of("%s: %s".formatted(GatewaySettings.LISTEN, e.getMessage())));
    }
  }

  private InetSocketAddress startIngest(Stores stores, Aggregator aggregator) {
    var server = context.create(IngestServerProvider.class, RoleKeys.TRANSPORT);
    lifecycle.onStop(
        "ingest",
        () -> {
          server.drain();
          server.stop(STREAM_GRACE);
        });
    return server.start(aggregator, stores.current);
  }

  /** The collector sends to this process, wherever that listens, unless it is told otherwise. */
  private RoleContext following(InetSocketAddress ingest) {
    if (context.configuration().isGiven(RoleKeys.AGGREGATOR_URL)) {
      return context;
    }
    var address = ingest.getAddress();
    var host = address.isAnyLocalAddress() ? "localhost" : address.getHostAddress();
    return context.with(
        RoleKeys.AGGREGATOR_URL,
        "%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, ingest.getPort()));
  }

  private static Health health(Aggregator aggregator) {
    return aggregator.readiness().ready() ? Health.ok() : Health.failing("it takes no batches");
  }
}
