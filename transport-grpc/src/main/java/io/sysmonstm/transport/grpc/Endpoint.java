package io.sysmonstm.transport.grpc;

import java.util.Optional;
import java.util.regex.Pattern;

/** Where a peer is, as configuration writes it. */
record Endpoint(String host, int port, boolean tls) {
  private static final Pattern FORM =
      Pattern.compile("(https?://)?(\\[[0-9A-Fa-f:.%]+]|[^\\s:/\\[\\]@]+):(\\d{1,5})/?");

  /** The endpoint of {@code host:port}, {@code http://host:port} or {@code https://host:port}. */
  static Optional<Endpoint> parse(String text) {
    var form = FORM.matcher(text.strip());
    if (!form.matches() || Integer.parseInt(form.group(3)) > 65_535) {
      return Optional.empty();
    }
    var host = form.group(2);
    var bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return Optional.of(
        new Endpoint(bare, Integer.parseInt(form.group(3)), "https://".equals(form.group(1))));
  }

  /** The endpoint of {@code host:port}, to listen on. */
  static Optional<Endpoint> parseListen(String text) {
    return text.contains("://") ? Optional.empty() : parse(text);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
