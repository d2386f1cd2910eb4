package io.sysmonstm.web.helidon.internal.http;

import java.util.HashMap;
import java.util.Map;
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
 * @param passedOn whether a proxy passes it on, trusted or not: then it comes from anywhere
 */
public record Visitor(
    String method,
    Function<String, Optional<String>> header,
    String address,
    boolean secure,
    boolean passedOn) {
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  /** Some headers. Two with the same are equal. */
  private record Kept(Map<String, String> headers) implements Function<String, Optional<String>> {
    private Kept {
      headers = Map.copyOf(headers);
    }

    @Override
    public Optional<String> apply(String name) {
      return Optional.ofNullable(headers.get(name));
    }

    /** Leaves the values out, which are secrets. */
    @Override
    public String toString() {
      return "Kept" + headers.keySet();
    }
  }

  /**
   * {@return the same with some headers alone, for as long as somebody is to be remembered; where
   * these are the same, the functions that find them are equal}
   *
   * @param names which, as they will be asked for
   */
  public Visitor keeping(Set<String> names) {
    var kept = new HashMap<String, String>();
    names.forEach(name -> header.apply(name).ifPresent(value -> kept.put(name, value)));
    return new Visitor(method, new Kept(kept), address, secure, passedOn);
  }

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
