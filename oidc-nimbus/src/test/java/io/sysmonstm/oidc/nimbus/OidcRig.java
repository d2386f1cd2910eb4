package io.sysmonstm.oidc.nimbus;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.spi.PersonIdentity;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.SignOnStart;
import io.sysmonstm.spi.SingleSignOn;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.OpenIdServer;
import io.sysmonstm.testkit.TestContext;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A provider, a client of it, and the way of a browser between them. */
final class OidcRig implements AutoCloseable {
  /** Longer than a busy machine takes. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  static final URI CALLBACK = URI.create("http://localhost:8000" + OidcConfig.CALLBACK);

  final OpenIdServer server;
  final ManualTime time = new ManualTime();
  final SingleSignOn signOn;
  private final TestContext context = new TestContext(time, Path.of("target"));

  OidcRig(String... settings) {
    this(OpenIdServer.start(), Optional.empty(), PATIENCE, settings);
  }

  OidcRig(OpenIdServer server, Optional<Path> trust, Duration within, String... settings) {
    this.server = server;
    var values = new LinkedHashMap<String, String>();
    values.put("gateway.oidc.issuer", server.issuer().toString());
    values.put("gateway.oidc.client-id", OpenIdServer.CLIENT_ID);
    values.put("gateway.oidc.client-secret", OpenIdServer.CLIENT_SECRET);
    values.put("gateway.oidc.admins", "ops");
    values.put("gateway.oidc.viewers", "staff");
    for (int i = 0; i < settings.length; i += 2) {
      values.put("gateway.oidc." + settings[i], settings[i + 1]);
    }
    values.values().removeIf(String::isEmpty);
    signOn =
        OidcSingleSignOn.open(
            OidcSingleSignOnProvider.config(Settings.of(values)), trust, context, within);
  }

  static OidcRig impatient() {
    return new OidcRig(OpenIdServer.start(), Optional.empty(), Duration.ofSeconds(1));
  }

  SignOnStart begin() {
    return signOn.begin(CALLBACK);
  }

  PersonIdentity complete(SignOnStart start, URI target) {
    return complete(start.kept(), parameters(target));
  }

  PersonIdentity complete(String kept, Map<String, List<String>> parameters) {
    return signOn.complete(kept, CALLBACK, parameters);
  }

  /** All of it, of a browser whose person logs in. */
  PersonIdentity logIn() {
    var start = begin();
    return complete(start, server.logIn(start.address()));
  }

  static Map<String, List<String>> parameters(URI uri) {
    var parameters = new LinkedHashMap<String, List<String>>();
    for (var pair : uri.getRawQuery().split("&", -1)) {
      var parts = pair.split("=", 2);
      parameters
          .computeIfAbsent(parts[0], key -> new ArrayList<>())
          .add(URLDecoder.decode(parts[1], UTF_8));
    }
    return parameters;
  }

  @Override
  public void close() {
    signOn.close();
    context.close();
    server.close();
  }
}
