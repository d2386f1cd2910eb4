package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Readiness;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** {@code /health} and {@code /ready} */
final class HealthCalls {
  /** The order in which the parts are told. */
  private static final List<String> PARTS =
      List.of("gateway", "aggregator", "current_state", "history", "events");

  private final Supplier<Readiness> readiness;

  HealthCalls(Supplier<Readiness> readiness) {
    this.readiness = readiness;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/health", call -> status("up")), Route.of("GET", "/ready", this::ready));
  }

  private static Answer status(String status) {
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("status", status);
          json.writeEndObject();
        });
  }

  private Answer ready(Call call) {
    var now = readiness.get();
    return Answer.json(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("status", text(now));
              json.writeObjectPropertyStart("checks");
              PARTS.forEach(part -> json.writeStringProperty(part, text(now.parts(), part)));
              json.writeEndObject();
              json.writeEndObject();
            })
        .withStatus(now.ready() ? 200 : 503);
  }

  private static String text(Readiness readiness) {
    if (!readiness.ready()) {
      return "not_ready";
    }
    return readiness.degraded() ? "degraded" : "ready";
  }

  private static String text(Map<String, Health> parts, String part) {
    return parts
        .getOrDefault(part, Health.ok())
        .problem()
        .map(problem -> "error: " + problem)
        .orElse("ok");
  }
}
