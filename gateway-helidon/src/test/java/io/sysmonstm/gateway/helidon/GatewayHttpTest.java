package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Aggregation;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resolution;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.testkit.Eventually;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayHttpTest {
  private final GatewayFixture fixture = new GatewayFixture();
  private final Instant now = fixture.time.instant();

  @AfterEach
  void close() {
    fixture.close();
  }

  private void assertProblem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(json(response))
        .containsEntry("status", status)
        .containsEntry("code", code)
        .containsKeys("type", "title", "detail");
    assertThat(response.body()).doesNotContain("Exception", "at io.", ".java");
    assertSecurityHeaders(response);
  }

  private static void assertSecurityHeaders(HttpResponse<String> response) {
    assertThat(response.headers().firstValue("Content-Security-Policy"))
        .contains(
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(response.headers().firstValue("Referrer-Policy")).contains("no-referrer");
  }

  private MachineState machine(String id) {
    return new MachineState(
        id,
        Resource.builder("host-" + id)
            .os("Linux")
            .cpuModel("Zen")
            .logicalCpus(8)
            .memoryBytes(1L << 34)
            .bootTime(now.minusSeconds(3600))
            .tags(Map.of("env", "prod"))
            .build(),
        now,
        Duration.ofSeconds(5),
        List.of(
            new Sample("cpu_percent", Labels.empty(), now, 12.5),
            new Sample("disk_percent", Labels.of("mount", "/"), now, 90)),
        List.of(new TopProcess(1, "init", "root", 0.5, 4096)));
  }

  @Nested
  class Machines {
    @Test
    void areListedWithAllThatIsKnown() {
      fixture.fleet.current.put(machine("web-1"));

      var response = fixture.get("/api/v1/machines");

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
      assertSecurityHeaders(response);
      var machine = map(list(json(response), "machines").getFirst());
      assertThat(machine)
          .containsEntry("machine_id", "web-1")
          .containsEntry("hostname", "host-web-1")
          .containsEntry("status", "up")
          .containsEntry("last_seen", "2026-01-01T00:00:00.000Z")
          .containsEntry("tags", Map.of("env", "prod"))
          .containsEntry("alerts", List.of());
      assertThat(map(machine.get("resource")))
          .containsEntry("os", "Linux")
          .containsEntry("cpu_model", "Zen")
          .containsEntry("logical_cpus", 8)
          .containsEntry("memory_bytes", 17_179_869_184L)
          .containsEntry("boot_time", "2025-12-31T23:00:00.000Z");
      assertThat(list(machine, "metrics"))
          .isEqualTo(
              List.of(
                  Map.of("metric", "cpu_percent", "unit", "%", "labels", Map.of(), "value", 12.5),
                  Map.of(
                      "metric",
                      "disk_percent",
                      "unit",
                      "%",
                      "labels",
                      Map.of("mount", "/"),
                      "value",
                      90)));
      assertThat(list(machine, "processes"))
          .isEqualTo(
              List.of(
                  Map.of(
                      "pid",
                      1,
                      "name",
                      "init",
                      "user",
                      "root",
                      "cpu_percent",
                      0.5,
                      "rss_bytes",
                      4096)));
    }

    @Test
    void oneIsFoundByItsId() {
      fixture.fleet.current.put(machine("web-1"));

      assertThat(json(fixture.get("/api/v1/machines/web-1"))).containsEntry("machine_id", "web-1");
    }

    @ParameterizedTest
    @CsvSource({"nobody", "a%20b", "..%2f..%2fetc", "a%00b", "%27;--"})
    void anUnknownOneIs404(String id) {
      assertProblem(fixture.get("/api/v1/machines/" + id), 404, "NOT_FOUND");
    }

    @Test
    void comeFromMemoryWhileTheStoreIsDown() {
      fixture.publishCpu("web-1", 1, 42);
      fixture.fleet.current.down = true;

      var machine = map(list(json(fixture.get("/api/v1/machines")), "machines").getFirst());

      assertThat(machine).containsEntry("hostname", "host-web-1").containsEntry("status", "up");
      assertThat(fixture.get("/api/v1/machines/web-1").statusCode()).isEqualTo(200);
    }

    @Test
    void are503WhenNeitherStoreNorMemoryHasThem() {
      fixture.fleet.current.down = true;

      var response = fixture.get("/api/v1/machines");

      assertProblem(response, 503, "UNAVAILABLE");
      assertThat(response.headers().firstValue("Retry-After")).isPresent();
    }
  }

  @Nested
  class History {
    @Test
    void asksWhatTheParametersSay() {
      var response =
          fixture.get(
              "/api/v1/history?machine=a&machine=b&metric=disk_percent&label.mount=%2Fhome"
                  + "&from=-6h&to=now&max_points=50&step=1m30s&aggregate=max");

      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      var query = fixture.fleet.history.asked.getFirst();
      assertThat(query.machines()).containsExactly("a", "b");
      assertThat(query.metric()).isEqualTo("disk_percent");
      assertThat(query.labels()).isEqualTo(Map.of("mount", "/home"));
      assertThat(query.from()).isEqualTo(now.minus(Duration.ofHours(6)));
      assertThat(query.to()).isEqualTo(now);
      assertThat(query.maxPoints()).isEqualTo(50);
      assertThat(query.step()).contains(Duration.ofSeconds(90));
      assertThat(query.aggregation()).isEqualTo(Aggregation.MAX);
    }

    @ParameterizedTest
    @CsvSource({
      "2025-12-31T20:00:00Z",
      "2025-12-31T20:00:00.000Z",
      "2025-12-31T21:00:00%2B01:00",
      "2025-12-31T21:00:00+01:00",
      "-4h",
      "now-4h"
    })
    void takesTimesInAnyOfItsForms(String from) {
      fixture.get("/api/v1/history?metric=cpu_percent&from=" + from);

      assertThat(fixture.fleet.history.asked.getFirst().from())
          .isEqualTo(Instant.parse("2025-12-31T20:00:00Z"));
    }

    @Test
    void hasDefaultsForAllButTheMetric() {
      fixture.get("/api/v1/history?metric=cpu_percent&machine=*");

      var query = fixture.fleet.history.asked.getFirst();
      assertThat(query.machines()).isEmpty();
      assertThat(query.from()).isEqualTo(now.minus(Duration.ofHours(1)));
      assertThat(query.to()).isEqualTo(now);
      assertThat(query.maxPoints()).isEqualTo(1000);
      assertThat(query.step()).isEmpty();
      assertThat(query.aggregation()).isEqualTo(Aggregation.AVG);
    }

    @Test
    void answersWithResolutionStepUnitAndPoints() {
      fixture.fleet.history.result =
          new HistoryResult(
              Resolution.MINUTE,
              Duration.ofSeconds(60),
              List.of(
                  new HistorySeries(
                      "a",
                      "memory_used_bytes",
                      Labels.empty(),
                      new long[] {1_767_225_600_000L, 1_767_225_660_000L},
                      new double[] {1.5, 2})));

      var response = fixture.get("/api/v1/history?metric=memory_used_bytes");

      assertThat(response.body())
          .isEqualTo(
              "{\"resolution\":\"1m\",\"step_ms\":60000,\"series\":[{\"machine_id\":\"a\",\"metric\":\"memory_used_bytes\","
                  + "\"unit\":\"By\",\"labels\":{},\"points\":[[1767225600000,1.5],[1767225660000,2]]}]}");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "                                            | metric is missing",
          "metric=CPU                                  | metric is 'CPU'",
          "metric=cpu_percent&from=yesterday           | from is 'yesterday'",
          "metric=cpu_percent&from=-1h&to=-2h          | a time before 'to'",
          "metric=cpu_percent&to=%2B999999999-01-01T00:00:00Z | to is",
          "metric=cpu_percent&from=-999999999y         | from is",
          "metric=cpu_percent&max_points=0             | max_points is '0': expected a whole number from 1 to 50000",
          "metric=cpu_percent&max_points=50001         | max_points",
          "metric=cpu_percent&max_points=99999999999   | max_points",
          "metric=cpu_percent&step=0s                  | step is '0s'",
          "metric=cpu_percent&step=999999999999999999y | step is",
          "metric=cpu_percent&from=-30d&step=1s        | for this span",
          "metric=cpu_percent&aggregate=median         | one of avg, min, max, last",
          "metric=cpu_percent&machine=a/b              | machine is 'a/b'",
          "metric=cpu_percent&metric=load_avg_1m       | expected it once",
          "metric=cpu_percent&fruit=1&bread=2          | bread, fruit is not known"
        })
    void aBadParameterIs400AndNamed(String query, String expected) {
      var response = fixture.get("/api/v1/history" + (query == null ? "" : "?" + query));

      assertProblem(response, 400, "INVALID_ARGUMENT");
      assertThat(json(response).get("detail")).asString().contains(expected);
      assertThat(fixture.fleet.history.asked).isEmpty();
    }

    @Test
    void allBadParametersAreToldAtOnce() {
      var response = fixture.get("/api/v1/history?metric=CPU&step=x&aggregate=y");

      assertThat(list(json(response), "problems")).hasSize(3);
    }

    @Test
    void isNotAvailableWhileTheStoreIsDown() {
      fixture.fleet.history.down = true;

      assertProblem(fixture.get("/api/v1/history?metric=cpu_percent"), 503, "UNAVAILABLE");
    }

    @Test
    void aFaultInAStoreIs500WithoutItsReason() {
      fixture.fleet.history.failure = new IllegalStateException("SELECT * FROM secrets");

      var response = fixture.get("/api/v1/history?metric=cpu_percent");

      assertProblem(response, 500, "INTERNAL");
      assertThat(response.body()).doesNotContain("SELECT");
    }

    @Test
    void moreThanFourQuestionsAtOnceWaitTheirTurn() throws Exception {
      var gate = new CountDownLatch(1);
      fixture.fleet.history.gate = gate;
      try (var asking = Executors.newVirtualThreadPerTaskExecutor()) {
        var answers =
            IntStream.range(0, 6)
                .mapToObj(
                    i -> asking.submit(() -> fixture.get("/api/v1/history?metric=cpu_percent")))
                .toList();
        Eventually.until("four are being answered", () -> fixture.fleet.history.asked.size() == 4);
        gate.countDown();
        for (var answer : answers) {
          assertThat(answer.get().statusCode()).isEqualTo(200);
        }
      }
      assertThat(fixture.fleet.history.asked).hasSize(6);
    }
  }

  @Nested
  class Alerts {
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

    Alerts() {
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

    @ParameterizedTest
    @CsvSource({
      "'',2",
      "state=resolved,1",
      "machine=web-1,1",
      "rule=disk-full,1",
      "from=-5m,1",
      "to=-5m,1",
      "machine=nobody,0"
    })
    void areFiltered(String query, int expected) {
      assertThat(list(json(fixture.get("/api/v1/alerts?" + query)), "alerts")).hasSize(expected);
    }

    @ParameterizedTest
    @CsvSource({"state=burning", "from=x", "severity=info"})
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
      assertProblem(
          fixture.send("POST", "/api/v1/alerts/" + id + "/acknowledge", ""), status, code);
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

  @Nested
  class Rules {
    private static final String RULE =
        "{\"metric\":\"disk_percent\",\"operator\":\"gt\",\"threshold\":90,\"for\":\"5m\",\"match\":{\"mount\":\"/*\"}}";

    Rules() {
      fixture.fleet.alerts.replaceFileRules(
          List.of(
              RuleFormat.read(
                  Map.of(
                      "name",
                      "cpu-high",
                      "metric",
                      "cpu_percent",
                      "operator",
                      "gt",
                      "threshold",
                      80),
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
      assertProblem(
          fixture.send("PUT", "/api/v1/rules/cpu-high", RULE), 409, "FAILED_PRECONDITION");
      assertProblem(
          fixture.send("DELETE", "/api/v1/rules/cpu-high", ""), 409, "FAILED_PRECONDITION");
    }

    @Test
    void anythingButAnObjectIsRefused() {
      assertProblem(fixture.send("PUT", "/api/v1/rules/disk", "[1]"), 400, "INVALID_ARGUMENT");
      assertProblem(
          fixture.send("PUT", "/api/v1/rules/disk", "[".repeat(1000)), 400, "INVALID_ARGUMENT");
      assertProblem(fixture.send("PUT", "/api/v1/rules/disk", ""), 400, "INVALID_ARGUMENT");
    }
  }

  @Nested
  class Anything {
    @Test
    void anUnknownRouteIs404() {
      assertProblem(fixture.get("/api/v1/nothing"), 404, "NOT_FOUND");
      assertProblem(fixture.get("/api/v2/machines"), 404, "NOT_FOUND");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "POST   | /api/v1/machines | GET, HEAD",
          "PATCH  | /api/v1/rules/x  | DELETE, GET, HEAD, PUT",
          "GET    | /api/v1/alerts/x/acknowledge | POST",
          "DELETE | /lib/uplot/uPlot.esm.js | GET, HEAD"
        })
    void anotherMethodIs405WithThoseThatAreAllowed(String method, String path, String allowed) {
      var response = fixture.send(method, path, "");

      assertProblem(response, 405, "INVALID_ARGUMENT");
      assertThat(response.headers().firstValue("Allow")).contains(allowed);
    }

    @Test
    void aBodyOverOneMebibyteIs413() {
      var large = "x".repeat((1 << 20) + 1);

      assertProblem(fixture.send("PUT", "/api/v1/rules/x", large), 413, "INVALID_ARGUMENT");
      assertThat(fixture.get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void headIsGetWithoutTheBody() {
      var get = fixture.get("/api/v1/rules");
      var head = fixture.send("HEAD", "/api/v1/rules", "");

      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(head.headers().firstValue("Content-Length"))
          .contains(Integer.toString(get.body().length()));
    }

    @Test
    void theChartLibraryIsServedAndKeptByTheBrowser() {
      var first = fixture.get("/lib/uplot/uPlot.min.css");

      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(first.headers().firstValue("Content-Type")).contains("text/css; charset=utf-8");
      assertThat(first.headers().firstValue("Cache-Control")).contains("no-cache");
      assertSecurityHeaders(first);
      var again =
          fixture.get(
              "/lib/uplot/uPlot.min.css",
              "If-None-Match",
              first.headers().firstValue("ETag").orElseThrow());
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(fixture.get("/lib/uplot/uPlot.esm.js").body()).contains("export");
    }

    @ParameterizedTest
    @CsvSource({
      "/module-info.class",
      "/../module-info.class",
      "/%2e%2e/Gateway.class",
      "/lib/",
      "/lib/uplot",
      "/Gateway.class",
      "/js/..%2f..%2fopenapi.json"
    })
    void nothingElseOfTheModuleIsServed(String path) {
      assertThat(fixture.get(path).statusCode()).isIn(400, 404);
    }

    @Test
    void aPlainGetOfTheWebSocketIsToldToUpgrade() {
      assertProblem(fixture.get("/ws"), 426, "FAILED_PRECONDITION");
    }
  }
}
