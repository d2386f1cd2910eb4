package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.web.helidon.internal.http.Visitor;
import java.util.Optional;
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
   * @param visitor the request
   */
  public static Credentials of(Visitor visitor) {
    var bearer =
        visitor
            .header()
            .apply("Authorization")
            .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
            .map(value -> value.substring(BEARER.length()).strip());
    return new Credentials(bearer, cookie(visitor, cookieName(visitor.secure())));
  }

  /**
   * {@return a cookie that a request brings}
   *
   * @param visitor the request
   * @param name of the cookie
   */
  public static Optional<String> cookie(Visitor visitor, String name) {
    var begin = name + "=";
    return visitor.header().apply("Cookie").stream()
        .flatMap(value -> Stream.of(value.split(";", -1)))
        .map(String::strip)
        .filter(pair -> pair.startsWith(begin))
        .map(pair -> pair.substring(begin.length()))
        .findFirst();
  }

  /**
   * {@return the name of the cookie}
   *
   * @param secure whether the browser speaks HTTPS
   */
  public static String cookieName(boolean secure) {
    return secure ? SECURE_COOKIE : PLAIN_COOKIE;
  }

  /** Leaves the secrets out. */
  @Override
  public String toString() {
    return "Credentials[%s]"
        .formatted(bearer.isPresent() ? "token" : cookie.isPresent() ? "session" : "none");
  }
}
