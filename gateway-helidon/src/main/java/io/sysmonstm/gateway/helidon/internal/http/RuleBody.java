package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import io.sysmonstm.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A rule in the body of a request. */
final class RuleBody {
  static final String ORIGIN = "origin";

  private RuleBody() {}

  /**
   * Reads a rule.
   *
   * @param name what it must be called, where the path says so
   * @param otherwise what it is called where nobody says
   * @param body JSON
   * @throws ConfigException with every problem
   */
  static Rule read(Optional<String> name, String otherwise, byte[] body) {
    if (!(Json.read(body) instanceof Map<?, ?> map)) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT, "the body is not a rule: expected a JSON object");
    }
    var problems = new ArrayList<String>();
    var keys = new LinkedHashMap<Object, Object>();
    map.forEach(
        (key, value) -> {
          // What is null is left out; and what GET answered may come back as it was.
          if (value != null && !key.equals(ORIGIN)) {
            keys.put(key, value);
          }
        });
    name.ifPresent(
        expected -> {
          var given = keys.put("name", expected);
          if (given != null && !given.equals(expected)) {
            problems.add(
                "rule %s: name is '%s': expected the name in the path, or none"
                    .formatted(Names.shown(expected), Names.shown(given.toString())));
          }
        });
    keys.putIfAbsent("name", otherwise);
    try {
      var rule = RuleFormat.read(keys, Rule.Origin.API);
      if (problems.isEmpty()) {
        return rule;
      }
    } catch (ConfigException e) {
      problems.addAll(e.problems());
    }
    throw new ConfigException(problems);
  }
}
