package io.sysmonstm.distributions;

import io.sysmonstm.alerts.engine.RuleBackTest;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.gateway.helidon.Gateway;
import io.sysmonstm.gateway.helidon.GatewaySettings;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.RoleSettings;
import io.sysmonstm.spi.AccessStoreProvider;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.transport.grpc.GrpcHealthProbe;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;

/** Serves the page, its live frames and the API. */
final class GatewayRole {
  static final RoleSettings SETTINGS = settings();

  /** What a gateway reads from. */
  record Sources(CurrentStore current, HistoryStore history, AlertStore alerts, EventBus events) {}

  private GatewayRole() {}

  private static RoleSettings settings() {
    var role =
        RoleSettings.builder("gateway")
            .settings(GatewaySettings.all())
            .settings(List.of(GatewayEdge.URL, GatewayEdge.TOKEN))
            .choice(RoleKeys.CURRENT_STORE, CurrentStoreProvider.class)
            .choice(RoleKeys.HISTORY_STORE, HistoryStoreProvider.class)
            .choice(RoleKeys.HISTORY_STORE, AlertStoreProvider.class)
            .choice(RoleKeys.HISTORY_STORE, AccessStoreProvider.class)
            .choice(RoleKeys.EVENTS_BUS, EventBusProvider.class);
    Backends.refuseAlone(role, RoleKeys.CURRENT_STORE);
    Backends.refuseAlone(role, RoleKeys.HISTORY_STORE);
    Backends.refuseAlone(role, RoleKeys.EVENTS_BUS);
    return role.build();
  }

  /** Starts it in a process of its own. */
  static void start(RoleContext context, Lifecycle lifecycle) {
    new ListenCheck(context.settings())
        .add(RoleKeys.GATEWAY_LISTEN, false)
        .apply(context, lifecycle);
    var backends = new Backends(context, lifecycle);
    var sources =
        new Sources(backends.current(), backends.history(), backends.alerts(), backends.events());
    var aggregator = context.settings().get(GatewaySettings.AGGREGATOR_URL);
    start(
        context,
        lifecycle,
        sources,
        lifecycle.own("aggregator probe", GrpcHealthProbe.builder(aggregator).build()));
  }

  /** Starts it on given stores and a bus. */
  static InetSocketAddress start(
      RoleContext context, Lifecycle lifecycle, Sources sources, Supplier<Health> aggregator) {
    var host = context.host();
    var settings = context.settings();
    var building =
            Gateway.builder()
                .listen(settings.get(GatewaySettings.LISTEN))
                .currentStore(sources.current)
                .historyStore(sources.history)
                .alertStore(sources.alerts)
                .ruleReplay(new RuleBackTest(sources.history))
                .subscriber(sources.events)
                .publisher(sources.events)
                .executor(host.executor())
                .time(host.time())
                .metrics(host.metrics())
                .aggregatorHealth(aggregator)
                .eventsHealth(sources.events::health)
                .maxViewers(settings.get(GatewaySettings.MAX_VIEWERS))
                .maxMachines(settings.get(GatewaySettings.MAX_MACHINES))
                .allowedHosts(settings.get(GatewaySettings.ALLOWED_HOSTS))
                .allowedOrigins(settings.get(GatewaySettings.ALLOWED_ORIGINS));
    GatewayEdge.target(context).ifPresent(building::edge);
    var gateway = lifecycle.own("gateway", building.build());
    context.health().add("gateway", gateway::readiness);
    try {
      return gateway.start();
    } catch (RequestException e) {
      throw new ConfigException(
          List.of("%s: %s".formatted(GatewaySettings.LISTEN, e.getMessage())));
    }
  }
}
