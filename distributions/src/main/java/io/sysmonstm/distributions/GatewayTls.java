package io.sysmonstm.distributions;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.gateway.helidon.GatewaySettings;
import io.sysmonstm.identity.MachineAuthority;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.TlsFileWatch;
import io.sysmonstm.tls.TlsSettings;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What the gateway speaks HTTPS with: files, or the authority for machines of the same process. */
final class GatewayTls {
  static final Setting<Boolean> OWN_AUTHORITY =
      Setting.flag(
              "gateway.tls.own-authority",
              "Speak HTTPS by a certificate of the authority for machines, where that is in the"
                  + " same process: standalone with aggregator.enrolment.enabled.")
          .withDefault("false");

  private static final EventLog LOG = EventLog.of(GatewayTls.class);
  private static final TlsSettings FILES = TlsSettings.ofServer("gateway");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.:_-]{1,253}");

  private GatewayTls() {}

  static List<Setting<?>> settings() {
    return List.of(FILES.certificate(), FILES.key(), OWN_AUTHORITY);
  }

  /** Whether the gateway speaks HTTPS. */
  static boolean isOn(Settings settings) {
    return settings.get(OWN_AUTHORITY) || hasFiles(settings);
  }

  private static boolean hasFiles(Settings settings) {
    return settings.find(FILES.certificate()).isPresent() || settings.find(FILES.key()).isPresent();
  }

  /**
   * Begins to keep it up to date; empty for plain text.
   *
   * @param authority where this process has one
   */
  static Optional<CurrentTls> start(
      RoleContext context, Lifecycle lifecycle, Optional<MachineAuthority> authority) {
    var settings = context.settings();
    if (settings.get(OWN_AUTHORITY)) {
      return Optional.of(certified(settings, authority));
    }
    if (!hasFiles(settings)) {
      return Optional.empty();
    }
    var host = context.host();
    var watch = TlsFileWatch.open("gateway", FILES.files(settings), host.time(), host.metrics());
    return Optional.of(lifecycle.own("gateway TLS", watch).follow(host.executor()).tls());
  }

  // Without lambdas over the authority, whose module is not in the image of a gateway alone.
  private static CurrentTls certified(Settings settings, Optional<MachineAuthority> authority) {
    if (hasFiles(settings)) {
      throw new ConfigException(
          List.of(
              "%s is true and %s is set: expected one of both"
                  .formatted(OWN_AUTHORITY, FILES.certificate())));
    }
    if (authority.isEmpty()) {
      throw new ConfigException(
          List.of(
              "%s is true and this process has no authority for machines: expected a standalone with aggregator.enrolment.enabled: true, else set %s and %s"
                  .formatted(OWN_AUTHORITY, FILES.certificate(), FILES.key())));
    }
    var names = names(settings);
    var known = authority.get();
    var tls = known.server("gateway", names);
    LOG.info(
        "page_certificate",
        "The page shows a certificate of this installation's own authority: compare its fingerprint"
            + " with what the browser shows, or have the browser trust the authority",
        "sha256",
        Certificates.fingerprint(tls.material().identity().orElseThrow().certificate()),
        "authority",
        known.file(),
        "names",
        names);
    return tls;
  }

  /**
   * What browsers may call the page by. IPv6 addresses of interfaces come and go by themselves, and
   * each new name makes a new certificate, which people have to look at: those are left out.
   */
  private static List<String> names(Settings settings) {
    var names = new LinkedHashSet<String>();
    for (var name : HostName.withAddresses()) {
      if (name.indexOf(':') < 0 || name.equals("::1")) {
        names.add(name);
      }
    }
    var listen = settings.get(RoleKeys.GATEWAY_LISTEN).host();
    if (!listen.equals("0.0.0.0") && !listen.equals("::")) {
      names.add(listen);
    }
    for (var given : settings.get(GatewaySettings.ALLOWED_HOSTS)) {
      var name = given.replaceAll("[\\[\\]]", "");
      if (!NAME.matcher(name).matches()) {
        throw new ConfigException(
            List.of(
                "%s has '%s': expected names and addresses of hosts, which are to be in the certificate"
                    .formatted(GatewaySettings.ALLOWED_HOSTS, given)));
      }
      names.add(name);
    }
    return List.copyOf(names);
  }
}
