package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.AlertEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayAlertsTest {
  private final GatewayFixture fixture = new GatewayFixture();
  private final Instant now = fixture.time.instant();

  @AfterEach
  void close() {
    fixture.close();
  }

  private final Alert firing =
      Alert.builder("id-1", "cpu-high", "web-1")
          .metric("cpu_percent")
          .state(AlertState.FIRING)
          .value(95)
          .threshold(90)
          .startedAt(now.minusSeconds(60))
          .firedAt(now)
          .message("cpu_percent is 95")
          .processes(List.of(new TopProcess(9, "java", "app", 180, 1)))
          .build();

  @BeforeEach
  void fill() {
    fixture.fleet.alerts.save(firing);
    fixture.fleet.alerts.save(
        Alert.builder("id-2", "disk-full", "db-1")
            .state(AlertState.RESOLVED)
            .startedAt(now.minusSeconds(600))
            .firedAt(now.minusSeconds(500))
            .resolvedAt(now.minusSeconds(400))
            .build());
  }

  @Test
  void areListedWithAllThatIsKnown() {
    var alert = map(list(json(fixture.get("/api/v1/alerts?state=firing")), "alerts").getFirst());

    assertThat(alert)
        .containsEntry("id", "id-1")
        .containsEntry("rule", "cpu-high")
        .containsEntry("severity", "warning")
        .containsEntry("state", "firing")
        .containsEntry("machine_id", "web-1")
        .containsEntry("metric", "cpu_percent")
        .containsEntry("labels", Map.of())
        .containsEntry("value", 95)
        .containsEntry("threshold", 90)
        .containsEntry("started_at", "2025-12-31T23:59:00.000Z")
        .containsEntry("fired_at", "2026-01-01T00:00:00.000Z")
        .containsEntry("resolved_at", null)
        .containsEntry("acknowledged_by", null)
        .containsEntry("message", "cpu_percent is 95");
    assertThat(map(list(alert, "processes").getFirst())).containsEntry("name", "java");
  }

  @Test
  void arePagedFromTheNewestOnAndCounted() {
    var newest = json(fixture.get("/api/v1/alerts?limit=1"));
    var next = json(fixture.get("/api/v1/alerts?limit=1&offset=1"));

    assertThat(map(list(newest, "alerts").getFirst())).containsEntry("id", "id-1");
    assertThat(map(list(next, "alerts").getFirst())).containsEntry("id", "id-2");
    assertThat(newest).containsEntry("total", 2);
    assertThat(next).containsEntry("total", 2);
    assertThat(json(fixture.get("/api/v1/alerts?rule=disk-full&limit=5")))
        .containsEntry("total", 1);
  }

  @ParameterizedTest
  @CsvSource({
    "'',2",
    "state=resolved,1",
    "machine=web-1,1",
    "rule=disk-full,1",
    "from=-5m,1",
    "to=-5m,1",
    "severity=warning,2",
    "severity=critical,0",
    "limit=1,1",
    "offset=1,1",
    "offset=2,0",
    "machine=nobody,0"
  })
  void areFiltered(String query, int expected) {
    assertThat(list(json(fixture.get("/api/v1/alerts?" + query)), "alerts")).hasSize(expected);
  }

  @ParameterizedTest
  @CsvSource({"state=burning", "from=x", "severity=awful", "colour=red"})
  void aBadFilterIs400(String query) {
    assertProblem(fixture.get("/api/v1/alerts?" + query), 400, "INVALID_ARGUMENT");
  }

  @Test
  void acknowledgingOneIsStoredAndPublished() {
    var response = fixture.send("POST", "/api/v1/alerts/id-1/acknowledge", "{\"by\":\"Ada\"}");

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
    assertThat(fixture.fleet.bus.published)
        .singleElement()
        .isInstanceOfSatisfying(
            AlertEvent.class,
            event -> {
              assertThat(event.change()).isEqualTo(AlertEvent.Change.ACKNOWLEDGED);
              assertThat(event.alert().acknowledgedBy()).contains("Ada");
            });
  }

  @Test
  void acknowledgingNeedsNoBody() {
    assertThat(fixture.send("POST", "/api/v1/alerts/id-1/acknowledge", "").statusCode())
        .isEqualTo(204);
  }

  @ParameterizedTest
  @CsvSource({"id-9,404,NOT_FOUND", "id-2,409,FAILED_PRECONDITION"})
  void acknowledgingWhatIsNotOpenIsRefused(String id, int status, String code) {
    assertProblem(fixture.send("POST", "/api/v1/alerts/" + id + "/acknowledge", ""), status, code);
    assertThat(fixture.fleet.bus.published).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{", "[]", "{\"by\":\"\"}", "{\"by\":5}", "{\"by\":\"a\\u0000\"}"})
  void aBadBodyIsRefused(String body) {
    assertProblem(
        fixture.send("POST", "/api/v1/alerts/id-1/acknowledge", body), 400, "INVALID_ARGUMENT");
  }
}
