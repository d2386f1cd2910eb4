package io.sysmonstm.web.helidon.internal.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The path of a route, taken apart once. Immutable.
 *
 * @param parts its segments, those that stand for any in braces
 */
record PathPattern(List<String> parts) {
  static PathPattern of(String pattern) {
    return new PathPattern(Paths.segments(pattern));
  }

  /** {@return the variables where a path fits the pattern, empty where it does not} */
  Optional<Map<String, String>> match(List<String> segments) {
    if (parts.size() != segments.size()) {
      return Optional.empty();
    }
    var variables = new HashMap<String, String>();
    for (int i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      if (part.startsWith("{")) {
        variables.put(part.substring(1, part.length() - 1), segments.get(i));
      } else if (!part.equals(segments.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(variables);
  }
}
