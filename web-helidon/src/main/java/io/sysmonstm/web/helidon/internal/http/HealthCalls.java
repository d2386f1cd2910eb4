package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** {@code /health} and {@code /ready} */
public final class HealthCalls {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final List<String> parts;
  private final Supplier<Readiness> readiness;
  private final Supplier<Map<String, Health>> notes;
  private final Gate gate;
  private final ExecutorService executor;

  /**
   * Creates the calls.
   *
   * @param parts the parts in the order in which they are told
   * @param readiness how the process is
   * @param notes what is told of beside that, and does not count
   * @param gate says who may know which part fails
   * @param executor where the gate is asked, which may block
   */
  public HealthCalls(
      List<String> parts,
      Supplier<Readiness> readiness,
      Supplier<Map<String, Health>> notes,
      Gate gate,
      ExecutorService executor) {
    this.parts = List.copyOf(parts);
    this.readiness = readiness;
    this.notes = notes;
    this.gate = gate;
    this.executor = executor;
  }

  /** {@return both calls} */
  public List<Route> routes() {
    return List.of(
        Route.ungated("/health", call -> status("up")), Route.ungated("/ready", this::ready));
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
    var permission = permission(call);
    var now = readiness.get();
    boolean details = permission.join();
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

  // What is wrong with which part is for those who may see the fleet. Whoever sends credentials
  // that are not good, or cannot be looked up now, hears the status all the same.
  private CompletableFuture<Boolean> permission(Call call) {
    return CompletableFuture.supplyAsync(
            () -> gate.admit(call.visitor(), Right.READ).has(Right.READ), executor)
        .exceptionally(refused -> false)
        .completeOnTimeout(false, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
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
