package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.spi.RuleReplay;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Parameters;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import tools.jackson.core.JsonGenerator;

/** {@code POST /api/v1/rules/check}: what a rule would have done. */
final class ReplayCall {
  private static final String PROBLEMS = "problems";
  private static final Set<String> PARAMETERS = Set.of("from", "to", PROBLEMS);
  private static final Duration USUAL_SPAN = Duration.ofDays(1);
  private static final Duration LONGEST_SPAN = Duration.ofDays(31);
  // Heavier than any question of a chart.
  private static final int AT_ONCE = 1;
  private static final Duration QUEUE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String WITHOUT_NAME = "rule-to-check";

  private final Optional<RuleReplay> replay;
  private final InstantSource clock;
  private final StoreCalls calls;

  ReplayCall(Optional<RuleReplay> replay, InstantSource clock, ExecutorService executor) {
    this.replay = replay;
    this.clock = clock;
    this.calls = new StoreCalls("the replay of rules", AT_ONCE, QUEUE, PATIENCE, executor);
  }

  List<Route> routes() {
    return List.of(new Route(Right.READ, "POST", "/api/v1/rules/check", PARAMETERS, this::answer));
  }

  private Answer answer(Call call) {
    var parameters = new Parameters(call.query());
    var now = clock.instant();
    var to = parameters.time("to", now).orElse(now);
    var from = parameters.time("from", now).orElse(to.minus(USUAL_SPAN));
    // An empty span is no mistake: it only asks whether the rule is one.
    if (from.isAfter(to) || Duration.between(from, to).compareTo(LONGEST_SPAN) > 0) {
      parameters.problem(
          "from",
          ValueWriter.time(from),
          "a time before 'to', %s, by at most 31 days".formatted(ValueWriter.time(to)));
    }
    boolean listed =
        parameters
            .one(
                PROBLEMS,
                "listed",
                text -> text.equals("listed") ? Optional.of(true) : Optional.empty())
            .isPresent();
    parameters.check();
    Rule rule;
    try {
      rule = RuleBody.read(Optional.empty(), WITHOUT_NAME, call.body().get());
    } catch (ConfigException e) {
      if (listed) {
        return answer(List.of(), e.problems());
      }
      throw e;
    }
    return answer(from.equals(to) ? List.of() : ask(rule, from, to), List.of());
  }

  private static Answer answer(List<Alert> fired, List<String> problems) {
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("would_have_fired");
          fired.forEach(alert -> write(json, alert));
          json.writeEndArray();
          json.writeArrayPropertyStart(PROBLEMS);
          problems.forEach(problem -> Json.text(json, problem));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private List<Alert> ask(Rule rule, Instant from, Instant to) {
    var available =
        replay.orElseThrow(
            () ->
                new RequestException(
                    ErrorCode.FAILED_PRECONDITION, "this gateway was built without replay"));
    return calls.ask(() -> available.replay(rule, from, to));
  }

  private static void write(JsonGenerator json, Alert alert) {
    json.writeStartObject();
    json.writeStringProperty("machine_id", alert.machineId());
    json.writeName("labels");
    ValueWriter.texts(json, alert.labels().asMap());
    json.writeStringProperty("started_at", ValueWriter.time(alert.startedAt()));
    json.writeStringProperty("from", ValueWriter.time(alert.firedAt().orElse(alert.startedAt())));
    var end = alert.resolvedAt().map(ValueWriter::time);
    if (end.isPresent()) {
      json.writeStringProperty("to", end.get());
    } else {
      json.writeNullProperty("to");
    }
    json.writeName("value");
    Json.number(json, alert.value());
    ValueWriter.text(json, "message", alert.message());
    json.writeEndObject();
  }
}
