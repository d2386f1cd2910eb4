package io.sysmonstm.web.helidon.internal.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A call of the API.
 *
 * @param right who may call it
 * @param method the method
 * @param pattern the path, with variables in braces that stand for one segment each
 * @param parameters the query parameters it knows; one that ends in {@code *} stands for all that
 *     begin so
 * @param handler answers it
 */
public record Route(
    Right right,
    String method,
    String pattern,
    Set<String> parameters,
    Function<Call, Answer> handler) {
  /**
   * {@return a call without query parameters}
   *
   * @param right who may call it
   * @param method the method
   * @param pattern the path, with variables in braces
   * @param handler answers it
   */
  public static Route of(
      Right right, String method, String pattern, Function<Call, Answer> handler) {
    return new Route(right, method, pattern, Set.of(), handler);
  }

  /** {@return the variables where a path fits the pattern, empty where it does not} */
  Optional<Map<String, String>> match(List<String> segments) {
    var expected = Paths.segments(pattern);
    if (expected.size() != segments.size()) {
      return Optional.empty();
    }
    var variables = new HashMap<String, String>();
    for (int i = 0; i < expected.size(); i++) {
      var part = expected.get(i);
      if (part.startsWith("{")) {
        variables.put(part.substring(1, part.length() - 1), segments.get(i));
      } else if (!part.equals(segments.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(variables);
  }
}
