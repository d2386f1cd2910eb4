package io.sysmonstm.spi;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A host and port, as people write it: {@code host:port}, {@code 127.0.0.1:8000}, {@code
 * [::1]:8000}; {@code https://} in front means TLS. Immutable.
 *
 * @param host a name or address, an IPv6 address without brackets
 * @param port 0 to 65,535; 0 means any free one, where something listens
 * @param tls whether {@code https://} was in front
 */
public record Endpoint(String host, int port, boolean tls) {
  private static final Pattern FORM =
      Pattern.compile("(?i:(https?)://)?(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+)):(\\d{1,5})/?");

  /**
   * {@return a setting of an address to connect to: {@code host:port}, or {@code https://host:port}
   * for TLS}
   *
   * @param key the dotted key
   * @param help one sentence for people
   */
  public static Setting<Endpoint> target(String key, String help) {
    return Setting.of(
        key,
        help,
        "host:port, or https://host:port for TLS",
        text -> parse(text).filter(endpoint -> endpoint.port > 0));
  }

  /**
   * {@return a setting of an address to listen on: {@code host:port}}
   *
   * @param key the dotted key
   * @param help one sentence for people
   */
  public static Setting<Endpoint> listen(String key, String help) {
    return Setting.of(
        key, help, "host:port, for example 127.0.0.1:8000 or [::1]:8000", Endpoint::parseListen);
  }

  /**
   * {@return the endpoint to listen on that a text means, empty where it means none}
   *
   * @param text for example {@code 127.0.0.1:0}
   */
  public static Optional<Endpoint> parseListen(String text) {
    return text.contains("://") ? Optional.empty() : parse(text);
  }

  /**
   * {@return the endpoint that a text means, empty where it means none}
   *
   * @param text for example {@code localhost:50051}
   */
  public static Optional<Endpoint> parse(String text) {
    var matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(matcher.group(4));
    var address = matcher.group(2);
    if (port > 65_535
        || (address != null && (address.indexOf(':') < 0 || literal(address).isEmpty()))) {
      return Optional.empty();
    }
    var scheme = matcher.group(1);
    boolean tls = scheme != null && scheme.toLowerCase(Locale.ROOT).equals("https");
    return Optional.of(new Endpoint(address == null ? matcher.group(3) : address, port, tls));
  }

  /**
   * {@return whether it is this machine alone: a loopback address, or the name {@code localhost};
   * asks no server}
   */
  public boolean isLoopback() {
    return host.equalsIgnoreCase("localhost")
        || literal(host).map(InetAddress::isLoopbackAddress).orElse(false);
  }

  /** {@return {@code host:port}, as a client writes it; without {@code https://}} */
  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[%s]:%d".formatted(host, port) : host + ":" + port;
  }

  private static Optional<InetAddress> literal(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }
}
