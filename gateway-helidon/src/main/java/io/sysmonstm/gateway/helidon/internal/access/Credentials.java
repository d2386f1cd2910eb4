package io.sysmonstm.gateway.helidon.internal.access;

import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a request brings to prove who it is from. Immutable.
 *
 * @param bearer a token
 * @param cookie the cookie of a session
 */
public record Credentials(Optional<String> bearer, Optional<String> cookie) {
  /** The cookie of a session that came over HTTPS; browsers hold it to this very host. */
  static final String SECURE_COOKIE = "__Host-sysmonstm-session";

  /** The cookie of a session that came in plain text. */
  static final String PLAIN_COOKIE = "sysmonstm-session";

  private static final String BEARER = "Bearer ";

  /**
   * {@return what a request brings}
   *
   * @param header finds a header by name
   * @param secure whether the browser spoke HTTPS
   */
  public static Credentials of(Function<String, Optional<String>> header, boolean secure) {
    var bearer =
        header
            .apply("Authorization")
            .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
            .map(value -> value.substring(BEARER.length()).strip());
    var name = cookieName(secure) + "=";
    var cookie =
        header.apply("Cookie").stream()
            .flatMap(value -> Stream.of(value.split(";", -1)))
            .map(String::strip)
            .filter(pair -> pair.startsWith(name))
            .map(pair -> pair.substring(name.length()))
            .findFirst();
    return new Credentials(bearer, cookie);
  }

  /** {@return the name of the cookie} */
  static String cookieName(boolean secure) {
    return secure ? SECURE_COOKIE : PLAIN_COOKIE;
  }

  /** Leaves the secrets out. */
  @Override
  public String toString() {
    return "Credentials[%s]"
        .formatted(bearer.isPresent() ? "token" : cookie.isPresent() ? "session" : "none");
  }
}
