package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.Json;
import io.sysmonstm.web.helidon.internal.http.Call;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The JSON object in the body of one call. Finds every bad key before {@link #check} refuses them
 * all at once; what may be a secret is not quoted.
 */
final class Body {
  private final Map<String, Object> keys = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * Reads a body.
   *
   * @param call the call
   * @param known the keys that it knows
   */
  Body(Call call, Set<String> known) {
    if (!(Json.read(call.body().get()) instanceof Map<?, ?> map)) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "the body is not a JSON object: expected one with %s"
              .formatted(String.join(", ", new TreeSet<>(known))));
    }
    map.forEach(
        (key, value) -> {
          var name = key.toString();
          if (!known.contains(name)) {
            problems.add(
                "%s is not known: expected %s"
                    .formatted(Names.shown(name), String.join(", ", new TreeSet<>(known))));
          } else if (value != null) {
            keys.put(name, value);
          }
        });
  }

  /** {@return a text, empty where there is none} */
  Optional<String> text(String key) {
    var value = keys.get(key);
    if (value == null || value instanceof String) {
      return Optional.ofNullable((String) value);
    }
    problem(key, "a text");
    return Optional.empty();
  }

  /** {@return what a text means, empty where there is none} */
  <T> Optional<T> text(String key, String expected, Function<String, Optional<T>> parser) {
    var text = text(key);
    var value = text.flatMap(parser);
    if (text.isPresent() && value.isEmpty()) {
      problem(key, expected);
    }
    return value;
  }

  /** {@return a text that has to be there} */
  String need(String key) {
    return need(key, "a text", Optional::of).orElse("");
  }

  /** {@return what a text means that has to be there; empty only where {@link #check} will fail} */
  <T> Optional<T> need(String key, String expected, Function<String, Optional<T>> parser) {
    if (!keys.containsKey(key)) {
      problem(key, expected);
      return Optional.empty();
    }
    return text(key, expected, parser);
  }

  /** {@return the texts of a list that has to be there} */
  List<String> texts(String key, String expected) {
    if (keys.get(key) instanceof List<?> list
        && !list.isEmpty()
        && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    problem(key, expected);
    return List.of();
  }

  void problem(String key, String expected) {
    problems.add("%s: expected %s".formatted(key, expected));
  }

  /**
   * Ends the reading.
   *
   * @throws ConfigException with every problem, where there is one
   */
  void check() {
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }
}
