package io.sysmonstm.notifier.email;

import io.sysmonstm.api.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/**
 * Who takes the mail.
 *
 * @param secure whether by TLS from the first byte
 * @param host a name or address
 * @param port of TCP
 * @param user who sends, empty where nobody has to say
 * @param password of the user
 */
record SmtpServer(
    boolean secure, String host, int port, Optional<String> user, Optional<String> password) {
  private static final String TIMEOUT = String.valueOf(Duration.ofSeconds(5).toMillis());

  /** Reads a URL; the message of the exception has none of it. */
  static SmtpServer of(String url, Optional<String> password) {
    try {
      var uri = new URI(url.strip());
      var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      boolean secure = scheme.equals("smtps");
      if ((!secure && !scheme.equals("smtp")) || uri.getHost() == null) {
        throw bad();
      }
      int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 465 : 587;
      var parts = uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
      var user = part(parts, 0);
      return new SmtpServer(secure, uri.getHost(), port, user, password.or(() -> part(parts, 1)));
    } catch (URISyntaxException | IllegalArgumentException malformed) {
      throw bad();
    }
  }

  String protocol() {
    return secure ? "smtps" : "smtp";
  }

  /** Returns how to speak to it: with TLS and a certificate that is checked, and not for long. */
  Properties properties() {
    var properties = new Properties();
    var prefix = "mail." + protocol() + ".";
    for (var timeout : List.of("connectiontimeout", "timeout", "writetimeout")) {
      properties.setProperty(prefix + timeout, TIMEOUT);
    }
    properties.setProperty(prefix + "ssl.checkserveridentity", "true");
    properties.setProperty(prefix + "ssl.protocols", "TLSv1.3 TLSv1.2");
    properties.setProperty(prefix + "auth", String.valueOf(user.isPresent()));
    properties.setProperty("mail.transport.protocol", protocol());
    if (!secure) {
      // On this machine there is nobody to hide from, and certificates are seldom for localhost.
      var wanted = String.valueOf(!isLoopback());
      properties.setProperty(prefix + "starttls.enable", wanted);
      properties.setProperty(prefix + "starttls.required", wanted);
    }
    return properties;
  }

  /** Returns the host without the brackets of an IPv6 address. */
  String name() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Returns whether nobody else can listen on the way. */
  private boolean isLoopback() {
    return host.equals("localhost")
        || host.matches("127(\\.[0-9]{1,3}){3}")
        || host.equals("[::1]");
  }

  private static Optional<String> part(String[] parts, int index) {
    return parts.length > index
        ? Optional.of(URLDecoder.decode(parts[index].replace("+", "%2B"), StandardCharsets.UTF_8))
        : Optional.empty();
  }

  private static ConfigException bad() {
    return new ConfigException(
        List.of("smtp-url cannot be used: expected smtp://user@host:587 or smtps://user@host:465"));
  }
}
