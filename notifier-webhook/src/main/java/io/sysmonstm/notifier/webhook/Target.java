package io.sysmonstm.notifier.webhook;

import io.sysmonstm.api.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * Where requests go: fixed by configuration, whatever an alert says.
 *
 * @param secure whether by TLS
 * @param host a name or address
 * @param port of TCP
 * @param path with the query; may hold a secret, and so is never shown
 */
record Target(boolean secure, String host, int port, String path) {
  /** Reads a URL; the message of the exception has none of it. */
  static Target of(String url) {
    try {
      var uri = new URI(url.strip());
      var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      boolean secure = scheme.equals("https");
      if ((!secure && !scheme.equals("http")) || uri.getHost() == null) {
        throw bad("expected http:// or https:// and a host");
      }
      if (uri.getRawUserInfo() != null) {
        throw bad("expected no user in it: put an Authorization into headers");
      }
      if (!url.chars().allMatch(c -> c > ' ' && c < 127)) {
        throw bad("expected ASCII without blanks: write others as %XX");
      }
      int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
      if (port == 0 || port > 65_535) {
        throw bad("expected a port from 1 to 65535");
      }
      return new Target(secure, uri.getHost(), port, path(uri));
    } catch (URISyntaxException malformed) {
      throw bad("expected http:// or https:// and a host");
    }
  }

  Target withPath(String value) {
    return new Target(secure, host, port, value);
  }

  /** Returns the host as it stands in a header. */
  String authority() {
    return port == (secure ? 443 : 80) ? host : host + ":" + port;
  }

  /** Returns the host as it is resolved: without the brackets of an IPv6 address. */
  String name() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static String path(URI uri) {
    var path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  private static ConfigException bad(String expected) {
    return new ConfigException(List.of("url cannot be used: " + expected));
  }
}
