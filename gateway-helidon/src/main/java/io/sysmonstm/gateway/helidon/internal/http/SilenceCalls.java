package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Silence;
import io.sysmonstm.api.SilenceFormat;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.json.Json;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.AlertEvent.Change;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/** {@code /api/v1/silences} */
final class SilenceCalls {
  private static final EventLog LOG = EventLog.of(SilenceCalls.class);

  private final AlertStore store;
  private final StoreCalls calls;
  private final EventPublisher publisher;
  private final InstantSource clock;
  private final Function<String, Map<String, String>> tags;
  private final LongAdder untold;

  SilenceCalls(
      AlertStore store,
      StoreCalls calls,
      EventPublisher publisher,
      InstantSource clock,
      Function<String, Map<String, String>> tags,
      SelfMetrics metrics) {
    this.store = store;
    this.calls = calls;
    this.publisher = publisher;
    this.clock = clock;
    this.tags = tags;
    this.untold =
        metrics.counter(
            "gateway_silences_untold_total",
            "Silences that were stored or ended without an event, since the store failed after that.");
  }

  List<Route> routes() {
    return List.of(
        Route.of(Right.READ, "GET", "/api/v1/silences", this::list),
        Route.of(Right.ADMIN, "POST", "/api/v1/silences", this::add),
        new Route(Right.ADMIN, "DELETE", "/api/v1/silences/{id}", Person.PARAMETERS, this::end));
  }

  private Answer list(Call call) {
    var silences = calls.ask(store::silences);
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("silences");
          silences.forEach(silence -> write(json, silence));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private Answer add(Call call) {
    if (!(Json.read(call.body().get()) instanceof Map<?, ?> keys)) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT, "the body is not a silence: expected a JSON object");
    }
    var caller = call.caller();
    var own = new LinkedHashMap<Object, Object>(keys);
    if (caller.isKnown()) {
      own.put(Person.PARAMETER, caller.name());
    }
    var silence = SilenceFormat.read(own, UUID.randomUUID().toString(), clock.instant());
    var by = new Actor(silence.by(), caller.address());
    calls.tell(() -> store.putSilence(silence, by));
    if (silence.activeAt(clock.instant())) {
      tell(silence, Change.SILENCED);
    }
    return Answer.json(json -> write(json, silence)).withStatus(201);
  }

  private Answer end(Call call) {
    var by = Person.of(call);
    var id = call.variable("id");
    var known = calls.ask(store::silences).stream().filter(one -> one.id().equals(id)).findFirst();
    calls.tell(() -> store.endSilence(id, by));
    known.ifPresent(silence -> tell(silence, Change.UNSILENCED));
    return Answer.empty(204);
  }

  // What is stored is done, whatever comes after: who heard of an error would do it again. Without
  // the events engines still take it up, by the revision, and pages when they load silences next.
  private void tell(Silence silence, Change change) {
    try {
      publish(silence, change);
    } catch (SysmonstmException e) {
      untold.increment();
      LOG.warn(
          "silence_not_told",
          "a silence was stored, and which alerts it is about could not be told: pages show it when they load next",
          e,
          "silence",
          silence.id());
    }
  }

  private void publish(Silence silence, Change change) {
    calls.ask(() -> store.alerts(AlertQuery.in(AlertState.FIRING))).stream()
        .filter(alert -> silence.matches(alert, tags.apply(alert.machineId())))
        .forEach(alert -> publisher.publish(new AlertEvent(alert, change)));
  }

  private void write(JsonGenerator json, Silence silence) {
    var keys = new LinkedHashMap<>(SilenceFormat.write(silence));
    keys.put("active", silence.activeAt(clock.instant()));
    Json.value(json, keys);
  }
}
