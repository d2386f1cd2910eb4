package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Readiness;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** {@code /health} and {@code /ready} */
public final class HealthCalls {
  private final List<String> parts;
  private final Supplier<Readiness> readiness;
  private final Supplier<Map<String, Health>> notes;

  /**
   * Creates the calls.
   *
   * @param parts the parts in the order in which they are told
   * @param readiness how the process is
   * @param notes what is told of beside that, and does not count
   */
  public HealthCalls(
      List<String> parts, Supplier<Readiness> readiness, Supplier<Map<String, Health>> notes) {
    this.parts = List.copyOf(parts);
    this.readiness = readiness;
    this.notes = notes;
  }

  /** {@return both calls} */
  public List<Route> routes() {
    return List.of(
        Route.of(Right.NONE, "GET", "/health", call -> status("up")),
        Route.of(Right.NONE, "GET", "/ready", this::ready));
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
    // What is wrong with which part is for those who may see the fleet.
    boolean details = call.caller().has(Right.READ);
    return Answer.json(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("status", text(now));
              if (details) {
                json.writeObjectPropertyStart("checks");
                parts.forEach(part -> json.writeStringProperty(part, text(now.parts(), part)));
                notes.get().forEach((note, health) -> json.writeStringProperty(note, text(health)));
                json.writeEndObject();
              }
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

  private static String text(Map<String, Health> answers, String part) {
    return text(answers.getOrDefault(part, Health.ok()));
  }

  private static String text(Health health) {
    return health.problem().map(problem -> "error: " + problem).orElse("ok");
  }
}
