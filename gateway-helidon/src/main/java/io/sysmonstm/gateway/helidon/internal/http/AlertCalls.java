package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Severity;
import io.sysmonstm.api.Silence;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Parameters;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/** {@code /api/v1/alerts} */
final class AlertCalls {
  private static final Set<String> PARAMETERS =
      Set.of("state", "severity", "machine", "rule", "from", "to", "limit", "offset");
  // As many as a store answers with.
  private static final int MOST = 10_000;

  private final AlertStore store;
  private final StoreCalls calls;
  private final EventPublisher publisher;
  private final InstantSource clock;
  private final Function<String, Map<String, String>> tags;

  AlertCalls(
      AlertStore store,
      StoreCalls calls,
      EventPublisher publisher,
      InstantSource clock,
      Function<String, Map<String, String>> tags) {
    this.tags = tags;
    this.store = store;
    this.calls = calls;
    this.publisher = publisher;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        new Route(Right.READ, "GET", "/api/v1/alerts", PARAMETERS, this::list),
        Route.of(Right.ADMIN, "POST", "/api/v1/alerts/{id}/acknowledge", this::acknowledge));
  }

  private Answer list(Call call) {
    var parameters = new Parameters(call.query());
    var now = clock.instant();
    var query =
        new AlertQuery(
            parameters.oneOf("state", AlertState.values(), AlertState::text),
            parameters.one("machine"),
            parameters.one("rule"),
            parameters.time("from", now),
            parameters.time("to", now));
    var severity = parameters.oneOf("severity", Severity.values(), Severity::text);
    int limit = parameters.number("limit", 1, MOST).orElse(MOST);
    int offset = parameters.number("offset", 0, MOST).orElse(0);
    parameters.check();
    var found =
        calls.ask(() -> store.alerts(query)).stream()
            .filter(alert -> severity.map(wanted -> wanted == alert.severity()).orElse(true))
            .toList();
    var alerts = found.stream().skip(offset).limit(limit).toList();
    var silences = alerts.stream().anyMatch(Alert::open) ? silencesAt(now) : List.<Silence>of();
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("alerts");
          alerts.forEach(alert -> write(json, alert, silences));
          json.writeEndArray();
          json.writeNumberProperty("total", found.size());
          json.writeEndObject();
        });
  }

  private List<Silence> silencesAt(Instant now) {
    return calls.ask(store::silences).stream().filter(silence -> silence.activeAt(now)).toList();
  }

  private void write(JsonGenerator json, Alert alert, List<Silence> silences) {
    ValueWriter.alert(
        json,
        alert,
        () -> {
          json.writeArrayPropertyStart("silenced_by");
          if (alert.open()) {
            var tagsOfMachine = tags.apply(alert.machineId());
            silences.stream()
                .filter(silence -> silence.matches(alert, tagsOfMachine))
                .forEach(silence -> json.writeString(silence.id()));
          }
          json.writeEndArray();
        });
  }

  private Answer acknowledge(Call call) {
    var by = Person.actor(call, person(call.body().get()));
    var alert = calls.ask(() -> store.acknowledge(call.variable("id"), by));
    publisher.publish(new AlertEvent(alert, AlertEvent.Change.ACKNOWLEDGED));
    return Answer.empty(204);
  }

  private static Optional<String> person(byte[] body) {
    if (body.length == 0) {
      return Optional.empty();
    }
    if (Json.read(body) instanceof Map<?, ?> map) {
      if (!map.containsKey("by")) {
        return Optional.empty();
      }
      if (map.get("by") instanceof String name && Person.name(name).isPresent()) {
        return Optional.of(name);
      }
    }
    throw new RequestException(
        ErrorCode.INVALID_ARGUMENT,
        "the body says who acknowledges: expected {\"by\": \"a name of 1 to 64 characters\"}, or none");
  }
}
