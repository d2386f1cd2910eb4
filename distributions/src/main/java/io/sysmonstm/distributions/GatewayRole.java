package io.sysmonstm.distributions;

import io.sysmonstm.alerts.engine.RuleBackTest;
import io.sysmonstm.api.Actor;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.gateway.helidon.Gateway;
import io.sysmonstm.gateway.helidon.GatewaySettings;
import io.sysmonstm.gateway.helidon.Invitations;
import io.sysmonstm.gateway.helidon.LoginMode;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.RoleSettings;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.AccessStoreProvider;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.SingleSignOn;
import io.sysmonstm.spi.SingleSignOnProvider;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.Invitation;
import io.sysmonstm.tls.TlsFileWatch;
import io.sysmonstm.tls.TlsFiles;
import io.sysmonstm.transport.grpc.GrpcHealthProbe;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Serves the page, its live frames and the API. */
final class GatewayRole {
  static final RoleSettings SETTINGS = settings();

  /** What a gateway reads from. */
  record Sources(
      CurrentStore current,
      HistoryStore history,
      AlertStore alerts,
      AccessStore access,
      EventBus events) {}

  private GatewayRole() {}

  private static RoleSettings settings() {
    var role =
        RoleSettings.builder("gateway")
            .settings(GatewaySettings.all())
            .settings(GatewayTls.settings())
            .settings(List.of(GatewayEdge.URL, GatewayEdge.TOKEN))
            .choice(RoleKeys.CURRENT_STORE, CurrentStoreProvider.class)
            .choice(RoleKeys.HISTORY_STORE, HistoryStoreProvider.class)
            .choice(RoleKeys.HISTORY_STORE, AlertStoreProvider.class)
            .choice(RoleKeys.HISTORY_STORE, AccessStoreProvider.class)
            .choice(RoleKeys.EVENTS_BUS, EventBusProvider.class)
            .choice(RoleKeys.SINGLE_SIGN_ON, SingleSignOnProvider.class);
    Backends.refuseAlone(role, RoleKeys.CURRENT_STORE);
    Backends.refuseAlone(role, RoleKeys.HISTORY_STORE);
    Backends.refuseAlone(role, RoleKeys.EVENTS_BUS);
    return role.build();
  }

  /** Whether nobody sees anything who did not log in over HTTPS. */
  static boolean isSecured(Settings settings) {
    return GatewayTls.isOn(settings) && settings.get(GatewaySettings.LOGIN) != LoginMode.OFF;
  }

  // Nothing of it is loaded unless it is configured.
  private static boolean hasSingleSignOn(RoleContext context) {
    var configuration = context.configuration();
    return configuration.isGiven(RoleKeys.SINGLE_SIGN_ON)
        || RoleKeys.OIDC.stream().anyMatch(configuration::isGiven);
  }

  private static Invitations.Made invite(
      RoleContext context, AccessStore store, Endpoint ingest, Actor actor, String calledBy) {
    var now = context.host().time().instant();
    var invitation = Invitation.create(store, actor, Invitation.LONGEST, now);
    // A new machine reaches the aggregator by no name that means only this machine.
    boolean reachable =
        !ingest.isLoopback() && !ingest.host().equals("0.0.0.0") && !ingest.host().equals("::");
    boolean local = new Endpoint(calledBy, ingest.port(), false).isLoopback();
    var name = local && !ingest.isLoopback() ? HostName.find().orElse(calledBy) : calledBy;
    var address = reachable ? ingest.toString() : name + ":" + ingest.port();
    return new Invitations.Made(
        invitation.token().id(),
        invitation.token().text(),
        invitation.expiresAt(),
        invitation.command(address),
        invitation.pin().toString());
  }

  /** Starts it in a process of its own. */
  static void start(RoleContext context, Lifecycle lifecycle) {
    new ListenCheck(context.settings())
        .add(RoleKeys.GATEWAY_LISTEN, isSecured(context.settings()))
        .apply(context, lifecycle);
    var backends = new Backends(context, lifecycle);
    var sources =
        new Sources(
            backends.current(),
            backends.history(),
            backends.alerts(),
            backends.access(),
            backends.events());
    var aggregator = context.settings().get(GatewaySettings.AGGREGATOR_URL);
    start(
        context,
        lifecycle,
        sources,
        Endpoint.parse(aggregator).orElseThrow(),
        lifecycle.own(
            "aggregator probe",
            GrpcHealthProbe.builder(aggregator)
                .trust(aggregatorTrust(context, lifecycle, sources.access))
                .build()),
        GatewayTls.start(context, lifecycle, Optional.empty()));
  }

  /** Asked whenever the probe connects, since aggregators may be replaced while this goes on. */
  private static Supplier<List<X509Certificate>> aggregatorTrust(
      RoleContext context, Lifecycle lifecycle, AccessStore store) {
    var file = context.settings().find(GatewaySettings.AGGREGATOR_TRUST);
    if (file.isEmpty()) {
      return () -> store.machineAuthority().map(Certificates::parse).orElse(List.of());
    }
    var host = context.host();
    var files = new TlsFiles(Optional.empty(), Optional.empty(), file);
    var watch = TlsFileWatch.open("aggregator probe", files, host.time(), host.metrics());
    lifecycle.own("aggregator trust", watch).follow(host.executor());
    return () -> watch.tls().material().trust();
  }

  /** Starts it on given stores and a bus, in plain text unless it is given TLS. */
  static InetSocketAddress start(
      RoleContext context,
      Lifecycle lifecycle,
      Sources sources,
      Endpoint ingest,
      Supplier<Health> aggregator,
      Optional<CurrentTls> tls) {
    var host = context.host();
    var settings = context.settings();
    var builder =
        Gateway.builder()
            .listen(settings.get(GatewaySettings.LISTEN))
            .currentStore(sources.current)
            .historyStore(sources.history)
            .alertStore(sources.alerts)
            .accessStore(sources.access)
            .login(settings.get(GatewaySettings.LOGIN))
            .trustedProxies(settings.get(GatewaySettings.TRUSTED_PROXIES))
            .invitations((actor, name) -> invite(context, sources.access, ingest, actor, name))
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
            .forgetAfter(settings.get(GatewaySettings.FORGET_AFTER))
            .allowedHosts(settings.get(GatewaySettings.ALLOWED_HOSTS))
            .allowedOrigins(settings.get(GatewaySettings.ALLOWED_ORIGINS));
    tls.ifPresent(current -> builder.tls(current.context()));
    GatewayEdge.target(context, lifecycle).ifPresent(builder::edge);
    if (hasSingleSignOn(context)) {
      SingleSignOn signOn = context.create(SingleSignOnProvider.class, RoleKeys.SINGLE_SIGN_ON);
      builder.singleSignOn(lifecycle.own("single sign-on", signOn));
    }
    var gateway = lifecycle.own("gateway", builder.build());
    context.health().add("gateway", gateway::readiness);
    try {
      return gateway.start();
    } catch (RequestException e) {
      throw new ConfigException(
          List.of("%s: %s".formatted(GatewaySettings.LISTEN, e.getMessage())));
    }
  }
}
