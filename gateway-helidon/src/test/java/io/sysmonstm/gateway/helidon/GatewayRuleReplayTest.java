package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayRuleReplayTest {
  private static final String RULE =
      "{\"metric\":\"disk_percent\",\"operator\":\"gt\",\"threshold\":90,\"for\":\"5m\"}";

  private record Asked(Rule rule, Instant from, Instant to) {}

  private final List<Asked> asked = new ArrayList<>();
  private final GatewayFixture fixture =
      new GatewayFixture(builder -> builder.ruleReplay(this::replay));

  private List<Alert> replay(Rule rule, Instant from, Instant to) {
    asked.add(new Asked(rule, from, to));
    return List.of(
        Alert.builder("x", rule.name(), "web-1")
            .labels(Labels.of("mount", "/"))
            .value(91.5)
            .startedAt(from)
            .firedAt(from.plusSeconds(300))
            .resolvedAt(from.plusSeconds(900))
            .build(),
        Alert.builder("y", rule.name(), "web-2").startedAt(from).firedAt(from).build());
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void saysWhenARuleWouldHaveFired() {
    var answer = json(fixture.send("POST", "/api/v1/rules/check?from=-6h", RULE));

    var now = fixture.time.instant();
    assertThat(asked)
        .singleElement()
        .satisfies(
            question -> {
              assertThat(question.from).isEqualTo(now.minus(Duration.ofHours(6)));
              assertThat(question.to).isEqualTo(now);
              assertThat(question.rule.hold()).isEqualTo(Duration.ofMinutes(5));
            });
    var fired = list(answer, "would_have_fired");
    assertThat(map(fired.getFirst()))
        .containsEntry("machine_id", "web-1")
        .containsEntry("from", "2025-12-31T18:05:00.000Z")
        .containsEntry("to", "2025-12-31T18:15:00.000Z")
        .containsEntry("value", 91.5);
    assertThat(map(fired.getLast())).containsEntry("to", null);
  }

  @Test
  void onlyReadsTheRuleWhereTheSpanIsEmpty() {
    var answer = fixture.send("POST", "/api/v1/rules/check?from=now&to=now", RULE);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(asked).isEmpty();
    assertProblem(
        fixture.send("POST", "/api/v1/rules/check?from=now&to=now", "{\"metric\":\"x\"}"),
        400,
        "INVALID_ARGUMENT");
  }

  @Test
  void listsTheProblemsOfARuleInAnAnswerWhereAskedTo() {
    var answer =
        fixture.send(
            "POST", "/api/v1/rules/check?from=now&to=now&problems=listed", "{\"metric\":\"x\"}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(list(json(answer), "problems")).hasSize(2);
    assertThat(list(json(answer), "would_have_fired")).isEmpty();
  }

  @Test
  void refusesTooLongASpan() {
    assertProblem(
        fixture.send("POST", "/api/v1/rules/check?from=-40d", RULE), 400, "INVALID_ARGUMENT");
  }

  @Test
  void isRefusedWhereTheGatewayCannot() {
    try (var without = new GatewayFixture()) {
      assertProblem(without.send("POST", "/api/v1/rules/check", RULE), 409, "FAILED_PRECONDITION");
    }
  }
}
