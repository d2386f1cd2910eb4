package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.AlertEvent.Change;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.Event;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewaySilencesTest {
  private static final String SILENCE =
      "{\"match\":{\"rule\":\"cpu-*\",\"machine\":\"web-*\"},\"for\":\"2h\",\"by\":\"Ada\",\"why\":\"deploy\"}";

  private final Fleet fleet = new Fleet();
  private final Hooked<AlertStore> store = new Hooked<>(AlertStore.class, fleet.alerts);
  private final GatewayFixture fixture =
      new GatewayFixture(builder -> GatewayFixture.still(builder).alertStore(store.part), fleet);

  @BeforeEach
  void fill() {
    fixture.fleet.alerts.save(firing("a-1", "web-1"));
    fixture.fleet.alerts.save(firing("a-2", "db-1"));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Alert firing(String id, String machine) {
    return Alert.builder(id, "cpu-high", machine)
        .metric("cpu_percent")
        .state(AlertState.FIRING)
        .startedAt(fixture.time.instant())
        .firedAt(fixture.time.instant())
        .build();
  }

  private String add(String silence) {
    var response = fixture.send("POST", "/api/v1/silences", silence);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    return String.valueOf(json(response).get("id"));
  }

  private List<?> silencedBy(String alertId) {
    return list(json(fixture.get("/api/v1/alerts")), "alerts").stream()
        .filter(alert -> alertId.equals(map(alert).get("id")))
        .map(alert -> list(map(alert), "silenced_by"))
        .findFirst()
        .orElseThrow();
  }

  private List<String> told() {
    return fixture.fleet.bus.published.stream().map(GatewaySilencesTest::described).toList();
  }

  private static String described(Event event) {
    return event instanceof AlertEvent(Alert alert, Change change)
        ? change + " " + alert.id()
        : event.toString();
  }

  @Test
  void oneIsListedAndShownAtTheAlertsItCovers() {
    var id = add(SILENCE);

    assertThat(map(list(json(fixture.get("/api/v1/silences")), "silences").getFirst()))
        .containsEntry("id", id)
        .containsEntry("by", "Ada")
        .containsEntry("why", "deploy")
        .containsEntry("from", "2026-01-01T00:00:00.000Z")
        .containsEntry("to", "2026-01-01T02:00:00.000Z")
        .containsEntry("active", true);
    assertThat(silencedBy("a-1")).isEqualTo(List.of(id));
    assertThat(silencedBy("a-2")).isEmpty();
    assertThat(told()).containsExactly("SILENCED a-1");
  }

  @Test
  void oneEndsAtOnceAndOnlyOnce() {
    var id = add(SILENCE);

    assertThat(fixture.send("DELETE", "/api/v1/silences/" + id + "?by=Bob", "").statusCode())
        .isEqualTo(204);

    assertThat(silencedBy("a-1")).isEmpty();
    assertThat(told()).containsExactly("SILENCED a-1", "UNSILENCED a-1");
    assertProblem(fixture.send("DELETE", "/api/v1/silences/" + id, ""), 404, "NOT_FOUND");
    var entries = list(json(fixture.get("/api/v1/audit?subject=" + id)), "entries");
    assertThat(entries)
        .extracting(
            entry ->
                "%s from %s %s"
                    .formatted(
                        map(entry).get("by"), map(entry).get("source"), map(entry).get("action")))
        .containsExactly("Bob from 127.0.0.1 silence_ended", "Ada from 127.0.0.1 silence_put");
  }

  @Test
  void oneThatComesBackEachWeekSilencesInItsHoursOnly() {
    // The clock of the test stands at midnight UTC of a Thursday.
    add(
        "{\"match\":{\"machine\":\"*\"},\"for\":\"30d\",\"by\":\"Ada\",\"recurrence\":"
            + "{\"days\":[\"wed\"],\"at\":\"22:00\",\"for\":\"4h\",\"zone\":\"UTC\"}}");
    assertThat(silencedBy("a-1")).hasSize(1);

    fixture.time.advance(Duration.ofHours(3));
    assertThat(silencedBy("a-1")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{}",
        "{\"match\":{},\"for\":\"1h\",\"by\":\"Ada\"}",
        "{\"match\":{\"rule\":\"x\"},\"by\":\"Ada\"}",
        "{\"match\":{\"rule\":\"x\"},\"for\":\"-1h\",\"by\":\"Ada\"}",
        "{\"match\":{\"rule\":\"x\"},\"for\":\"1h\"}",
        "{\"match\":{\"rule\":\"x\"},\"for\":\"1h\",\"by\":\"Ada\",\"untill\":1}",
        "{\"match\":{\"rule\":\"x\"},\"to\":\"2020-01-01T00:00:00Z\",\"by\":\"Ada\"}",
        "{\"match\":{\"rule\":\"x\"},\"for\":\"1h\",\"by\":\"Ada\",\"recurrence\":{\"days\":[\"someday\"]}}",
      })
  void aBadOneIs400AndChangesNothing(String body) {
    assertProblem(fixture.send("POST", "/api/v1/silences", body), 400, "INVALID_ARGUMENT");
    assertThat(list(json(fixture.get("/api/v1/silences")), "silences")).isEmpty();
  }

  @Test
  void everyProblemIsNamed() {
    var body =
        fixture.send("POST", "/api/v1/silences", "{\"match\":{},\"for\":\"soon\",\"x\":1}").body();

    assertThat(body).contains("match is", "for is 'soon'", "by is", "x is not known");
  }

  @Test
  void oneThatIsStoredIsDoneThoughNobodyCanBeToldOfIt() {
    store.before("alerts", GatewaySilencesTest::fail);

    var added = fixture.send("POST", "/api/v1/silences", SILENCE);
    assertThat(added.statusCode()).as(added.body()).isEqualTo(201);
    assertThat(list(json(fixture.get("/api/v1/silences")), "silences")).hasSize(1);
    var ended = fixture.send("DELETE", "/api/v1/silences/" + json(added).get("id"), "");

    assertThat(ended.statusCode()).isEqualTo(204);
    assertThat(told()).isEmpty();
    assertThat(fixture.reading("gateway_silences_untold_total")).isEqualTo(2);
  }

  private static void fail() {
    throw new StoreUnavailableException("away for the test", null);
  }

  @Test
  void oneThatIsNotStoredIsAnError() {
    store.before("putSilence", GatewaySilencesTest::fail);

    assertProblem(fixture.send("POST", "/api/v1/silences", SILENCE), 503, "UNAVAILABLE");
    assertThat(list(json(fixture.get("/api/v1/silences")), "silences")).isEmpty();
  }
}
