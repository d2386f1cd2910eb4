package io.sysmonstm.web.helidon.internal.http;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a request shows of who it is from. Immutable.
 *
 * @param method the method
 * @param header finds a request header by name
 * @param address where it comes from, behind trusted proxies too
 * @param secure whether the client speaks HTTPS, to us or to a trusted proxy
 */
public record Visitor(
    String method, Function<String, Optional<String>> header, String address, boolean secure) {
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  /** {@return whether the request may change something} */
  public boolean isUnsafe() {
    return isUnsafe(method);
  }

  /**
   * {@return whether requests of a method may change something}
   *
   * @param method any text
   */
  public static boolean isUnsafe(String method) {
    return !SAFE.contains(method);
  }
}
