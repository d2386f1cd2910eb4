package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.api.Names;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refuses requests that a foreign web page makes a browser send: by the name they call us by (a
 * name that was bound to our address for the attack), and by the page they come from. Immutable.
 */
public final class HostGuard {
  private static final Pattern ADDRESS_AND_PORT =
      Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[^:\\[\\]\\s/@]+)(?::(\\d{1,5}))?");
  private static final Set<String> LOCAL =
      Set.of("localhost", "127.0.0.1", "[::1]", "[0:0:0:0:0:0:0:1]");

  private final String role;
  private final Set<String> hosts;
  private final Set<String> origins;

  /**
   * Creates a guard.
   *
   * @param role whose settings allow more, such as {@code gateway}
   * @param listen the address that is listened on
   * @param hosts further names that may be called
   * @param origins further origins that may call
   */
  public HostGuard(
      String role, InetSocketAddress listen, List<String> hosts, List<String> origins) {
    this.role = role;
    var names = new HashSet<>(LOCAL);
    names.add(bracketed(listen.getHostString()));
    hosts.forEach(host -> names.add(bracketed(lower(host))));
    this.hosts = Set.copyOf(names);
    this.origins = Set.copyOf(origins.stream().map(HostGuard::lower).toList());
  }

  /**
   * {@return why a request is refused, empty where it may pass}
   *
   * @param host the header Host
   * @param origin the header Origin
   * @param local the address that the connection came in on
   * @param secure whether the client speaks HTTPS, as far as is known; then no page in plain text,
   *     which anybody on the way could have written, is an own one
   * @param guarded whether the request changes something or opens a WebSocket
   */
  public Optional<String> problem(
      Optional<String> host,
      Optional<String> origin,
      String local,
      boolean secure,
      boolean guarded) {
    var name = host.flatMap(HostGuard::name);
    if (name.isEmpty() || !(hosts.contains(name.get()) || isAddress(name.get(), local))) {
      return Optional.of(
          "Host '%s' is foreign: expected the listen address, localhost, or one of %s.allowed-hosts"
              .formatted(Names.shown(host.orElse("")), role));
    }
    if (guarded && origin.isPresent() && !isOwn(origin.get(), host.orElse(""), secure)) {
      return Optional.of(
          "Origin '%s' is foreign: expected this server's own, or one of %s.allowed-origins"
              .formatted(Names.shown(origin.get()), role));
    }
    return Optional.empty();
  }

  // An address cannot be bound to another meaning, as a name can; whoever uses ours means us.
  private static boolean isAddress(String name, String local) {
    try {
      var address = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
      return InetAddress.ofLiteral(address).equals(InetAddress.ofLiteral(local));
    } catch (IllegalArgumentException noAddress) {
      return false;
    }
  }

  // A proxy that nobody told us of may speak HTTPS for us: so that is always good.
  private boolean isOwn(String origin, String host, boolean secure) {
    var lower = lower(origin);
    return origins.contains(lower)
        || lower.equals("https://" + lower(host))
        || (!secure && lower.equals("http://" + lower(host)));
  }

  /**
   * {@return the name or address in a header Host, an IPv6 address in brackets}
   *
   * @param host the header, hostile ones too
   */
  public static Optional<String> name(String host) {
    var matcher = ADDRESS_AND_PORT.matcher(lower(host));
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static String bracketed(String host) {
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
