package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.json.Json;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** {@code /api/v1/rules} */
final class RuleCalls {
  private final AlertStore store;
  private final StoreCalls calls;

  RuleCalls(AlertStore store, StoreCalls calls) {
    this.store = store;
    this.calls = calls;
  }

  List<Route> routes() {
    var one = "/api/v1/rules/{name}";
    return List.of(
        Route.of(Right.READ, "GET", "/api/v1/rules", this::list),
        Route.of(Right.READ, "GET", one, this::get),
        new Route(Right.ADMIN, "PUT", one, Person.PARAMETERS, this::put),
        new Route(Right.ADMIN, "DELETE", one, Person.PARAMETERS, this::delete));
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
    var by = Person.of(call);
    var name = call.variable("name");
    var rule = RuleBody.read(Optional.of(name), name, call.body().get());
    boolean known = find(rule.name()).isPresent();
    calls.tell(() -> store.putRule(rule, by));
    return Answer.json(json -> write(json, rule)).withStatus(known ? 200 : 201);
  }

  private Answer delete(Call call) {
    var by = Person.of(call);
    calls.tell(() -> store.deleteRule(call.variable("name"), by));
    return Answer.empty(204);
  }

  private Optional<Rule> find(String name) {
    return calls.ask(store::rules).stream().filter(rule -> rule.name().equals(name)).findFirst();
  }

  private static void write(JsonGenerator json, Rule rule) {
    var keys = new LinkedHashMap<>(RuleFormat.write(rule));
    keys.put(RuleBody.ORIGIN, rule.origin().name().toLowerCase(Locale.ROOT));
    Json.value(json, keys);
  }
}
