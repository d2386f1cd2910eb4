package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatewayRulesTest {
  private final GatewayFixture fixture = new GatewayFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private static final String RULE =
      "{\"metric\":\"disk_percent\",\"operator\":\"gt\",\"threshold\":90,\"for\":\"5m\",\"match\":{\"mount\":\"/*\"}}";

  @BeforeEach
  void fill() {
    fixture.fleet.alerts.replaceFileRules(
        List.of(
            RuleFormat.read(
                Map.of(
                    "name", "cpu-high", "metric", "cpu_percent", "operator", "gt", "threshold", 80),
                Rule.Origin.FILE)));
  }

  @Test
  void areListedInTheFormPeopleWrite() {
    var rule = map(list(json(fixture.get("/api/v1/rules")), "rules").getFirst());

    assertThat(rule)
        .containsEntry("name", "cpu-high")
        .containsEntry("metric", "cpu_percent")
        .containsEntry("operator", "gt")
        .containsEntry("threshold", 80)
        .containsEntry("for", "0s")
        .containsEntry("severity", "warning")
        .containsEntry("origin", "file");
  }

  @Test
  void oneIsAddedReplacedReadBackAndDeleted() {
    assertThat(fixture.send("PUT", "/api/v1/rules/disk", RULE).statusCode()).isEqualTo(201);
    var stored = fixture.get("/api/v1/rules/disk").body();
    assertThat(stored).contains("\"name\":\"disk\"", "\"for\":\"5m\"", "\"origin\":\"api\"");

    assertThat(fixture.send("PUT", "/api/v1/rules/disk", stored).statusCode()).isEqualTo(200);
    assertThat(fixture.get("/api/v1/rules/disk").body()).isEqualTo(stored);

    assertThat(fixture.send("DELETE", "/api/v1/rules/disk", "").statusCode()).isEqualTo(204);
    assertProblem(fixture.get("/api/v1/rules/disk"), 404, "NOT_FOUND");
    assertProblem(fixture.send("DELETE", "/api/v1/rules/disk", ""), 404, "NOT_FOUND");
  }

  @Test
  void aBadOneIs400WithEveryProblemAndChangesNothing() {
    fixture.send("PUT", "/api/v1/rules/disk", RULE);

    var response =
        fixture.send(
            "PUT",
            "/api/v1/rules/disk",
            "{\"name\":\"other\",\"metric\":\"X\",\"operator\":\"above\",\"threshold\":\"much\",\"colour\":1}");

    assertProblem(response, 400, "INVALID_ARGUMENT");
    assertThat(list(json(response), "problems"))
        .hasSize(5)
        .allSatisfy(problem -> assertThat(problem).asString().startsWith("rule "));
    assertThat(fixture.get("/api/v1/rules/disk").body()).contains("\"threshold\":90");
  }

  @Test
  void thoseOfTheFileCannotBeChanged() {
    assertProblem(fixture.send("PUT", "/api/v1/rules/cpu-high", RULE), 409, "FAILED_PRECONDITION");
    assertProblem(fixture.send("DELETE", "/api/v1/rules/cpu-high", ""), 409, "FAILED_PRECONDITION");
  }

  @Test
  void anythingButAnObjectIsRefused() {
    assertProblem(fixture.send("PUT", "/api/v1/rules/disk", "[1]"), 400, "INVALID_ARGUMENT");
    assertProblem(
        fixture.send("PUT", "/api/v1/rules/disk", "[".repeat(1000)), 400, "INVALID_ARGUMENT");
    assertProblem(fixture.send("PUT", "/api/v1/rules/disk", ""), 400, "INVALID_ARGUMENT");
  }
}
