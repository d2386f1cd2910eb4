package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import io.sysmonstm.json.Json;
import io.sysmonstm.spi.AlertStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** {@code /api/v1/rules} */
final class RuleCalls {
  private static final String ORIGIN = "origin";
  private static final String SOMEBODY = "operator";

  private final AlertStore store;
  private final StoreCalls calls;

  RuleCalls(AlertStore store, StoreCalls calls) {
    this.store = store;
    this.calls = calls;
  }

  List<Route> routes() {
    var one = "/api/v1/rules/{name}";
    return List.of(
        Route.of("GET", "/api/v1/rules", this::list),
        Route.of("GET", one, this::get),
        Route.of("PUT", one, this::put),
        Route.of("DELETE", one, this::delete));
  }

  private Answer list(Call call) {
    var rules = calls.ask(store::rules);
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("rules");
          rules.forEach(rule -> write(json, rule));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private Answer get(Call call) {
    var name = call.variable("name");
    return find(name)
        .map(rule -> Answer.json(json -> write(json, rule)))
        .orElseThrow(
            () ->
                new RequestException(
                    ErrorCode.NOT_FOUND,
                    "there is no rule '%s': /api/v1/rules lists them"
                        .formatted(Names.shown(name))));
  }

  private Answer put(Call call) {
    var rule = read(call.variable("name"), call.body().get());
    boolean known = find(rule.name()).isPresent();
    calls.tell(() -> store.putRule(rule, SOMEBODY));
    return Answer.json(json -> write(json, rule)).withStatus(known ? 200 : 201);
  }

  private Answer delete(Call call) {
    calls.tell(() -> store.deleteRule(call.variable("name"), SOMEBODY));
    return Answer.empty(204);
  }

  private Optional<Rule> find(String name) {
    return calls.ask(store::rules).stream().filter(rule -> rule.name().equals(name)).findFirst();
  }

  private static Rule read(String name, byte[] body) {
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
    var given = keys.put("name", name);
    if (given != null && !given.equals(name)) {
      problems.add(
          "rule %s: name is '%s': expected the name in the path, or none"
              .formatted(Names.shown(name), Names.shown(given.toString())));
    }
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

  private static void write(JsonGenerator json, Rule rule) {
    var keys = new LinkedHashMap<>(RuleFormat.write(rule));
    keys.put(ORIGIN, rule.origin().name().toLowerCase(Locale.ROOT));
    Json.value(json, keys);
  }
}
