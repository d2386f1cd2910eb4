package io.sysmonstm.distributions;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.edge.helidon.EdgeRelay;
import io.sysmonstm.edge.helidon.EdgeSettings;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.RoleSettings;
import io.sysmonstm.tls.TlsFileWatch;
import io.sysmonstm.tls.TlsSettings;
import java.util.List;

/** Shows the world what a gateway publishes. */
final class EdgeRole {
  private static final int SHORTEST_TOKEN = 16;

  private static final TlsSettings TLS = TlsSettings.ofServer("edge");

  static final RoleSettings SETTINGS =
      RoleSettings.builder("edge")
          .settings(EdgeSettings.all())
          .settings(List.of(TLS.certificate(), TLS.key()))
          .build();

  private EdgeRole() {}

  /** Starts it in a process of its own. */
  static void start(RoleContext context, Lifecycle lifecycle) {
    var settings = context.settings();
    boolean speaksTls =
        settings.find(TLS.certificate()).isPresent() || settings.find(TLS.key()).isPresent();
    // Whoever publishes has the token; everybody may see, which is what it is for.
    new ListenCheck(settings).add(RoleKeys.EDGE_LISTEN, speaksTls).apply(context, lifecycle);
    var host = context.host();
    var token = settings.find(EdgeSettings.PUBLISH_TOKEN).orElse("");
    if (token.length() < SHORTEST_TOKEN) {
      throw new ConfigException(
          List.of(
              "%s %s: expected a secret of %d characters or more, the same as the gateway's gateway.edge-token; make one with: openssl rand -hex 32"
                  .formatted(
                      EdgeSettings.PUBLISH_TOKEN,
                      token.isEmpty() ? "is not set" : "is too short",
                      SHORTEST_TOKEN)));
    }
    var builder =
        EdgeRelay.builder()
            .listen(settings.get(EdgeSettings.LISTEN))
            .publishToken(token)
            .executor(host.executor())
            .time(host.time())
            .metrics(host.metrics())
            .maxViewers(settings.get(EdgeSettings.MAX_VIEWERS))
            .maxViewersPerAddress(settings.get(EdgeSettings.MAX_VIEWERS_PER_ADDRESS))
            .maxMachines(settings.get(EdgeSettings.MAX_MACHINES))
            .allowedHosts(settings.get(EdgeSettings.ALLOWED_HOSTS))
            .allowedOrigins(settings.get(EdgeSettings.ALLOWED_ORIGINS))
            .trustedProxies(settings.get(EdgeSettings.TRUSTED_PROXIES));
    if (speaksTls) {
      var watch = TlsFileWatch.open("edge", TLS.files(settings), host.time(), host.metrics());
      builder.tls(lifecycle.own("edge TLS", watch).follow(host.executor()).tls().context());
    }
    var edge = lifecycle.own("edge", builder.build());
    context.health().add("edge", edge::readiness);
    try {
      edge.start();
    } catch (RequestException e) {
      throw new ConfigException(List.of("%s: %s".formatted(EdgeSettings.LISTEN, e.getMessage())));
    }
  }
}
