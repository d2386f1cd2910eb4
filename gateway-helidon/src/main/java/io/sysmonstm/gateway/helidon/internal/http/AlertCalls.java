package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.EventPublisher;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code /api/v1/alerts} */
final class AlertCalls {
  private static final Set<String> PARAMETERS = Set.of("state", "machine", "rule", "from", "to");
  private static final Pattern PERSON = Pattern.compile("[^\\p{Cntrl}]{1,64}");
  private static final String SOMEBODY = "operator";

  private final AlertStore store;
  private final EventPublisher publisher;
  private final InstantSource clock;

  AlertCalls(AlertStore store, EventPublisher publisher, InstantSource clock) {
    this.store = store;
    this.publisher = publisher;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/api/v1/alerts", PARAMETERS, this::list),
        Route.of("POST", "/api/v1/alerts/{id}/acknowledge", this::acknowledge));
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
    parameters.check();
    var alerts = store.alerts(query);
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("alerts");
          alerts.forEach(alert -> ValueWriter.alert(json, alert));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private Answer acknowledge(Call call) {
    var alert = store.acknowledge(call.variable("id"), person(call.body().get()));
    publisher.publish(new AlertEvent(alert, AlertEvent.Change.ACKNOWLEDGED));
    return Answer.empty(204);
  }

  private static String person(byte[] body) {
    if (body.length == 0) {
      return SOMEBODY;
    }
    if (Json.read(body) instanceof Map<?, ?> map) {
      if (!map.containsKey("by")) {
        return SOMEBODY;
      }
      if (map.get("by") instanceof String name && PERSON.matcher(name).matches()) {
        return name;
      }
    }
    throw new RequestException(
        ErrorCode.INVALID_ARGUMENT,
        "the body says who acknowledges: expected {\"by\": \"a name of 1 to 64 characters\"}, or none");
  }
}
