package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Aggregation;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resolution;
import io.sysmonstm.testkit.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayHistoryTest {
  private final GatewayFixture fixture = new GatewayFixture();
  private final Instant now = fixture.time.instant();

  @AfterEach
  void close() {
    fixture.close();
  }

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
            "{\"resolution\":\"1m\",\"step_ms\":60000,\"aggregates\":[\"avg\"],\"series\":[{\"machine_id\":\"a\",\"metric\":\"memory_used_bytes\","
                + "\"unit\":\"By\",\"labels\":{},\"points\":[[1767225600000,1.5],[1767225660000,2]]}]}");
  }

  @Test
  void answersSeveralAggregatesAsFurtherValuesOfTheSameBuckets() {
    fixture.fleet.history.result = minutes(new long[] {60_000, 120_000, 180_000}, 5, 6, 7);
    fixture.fleet.history.further.put(
        Aggregation.MIN, minutes(new long[] {60_000, 120_000, 180_000}, 1, 2, 3));
    // A bucket that came between the questions, and one that went.
    fixture.fleet.history.further.put(
        Aggregation.MAX, minutes(new long[] {0, 60_000, 180_000}, 9, 9, 8));

    var body = fixture.get("/api/v1/history?metric=cpu_percent&aggregate=avg,min,max").body();

    assertThat(body).contains("\"aggregates\":[\"avg\",\"min\",\"max\"]");
    assertThat(body).contains("\"points\":[[60000,5,1,9],[120000,6,2,null],[180000,7,3,8]]");
    assertThat(fixture.fleet.history.asked)
        .extracting(HistoryQuery::aggregation)
        .containsExactly(Aggregation.AVG, Aggregation.MIN, Aggregation.MAX);
    assertThat(fixture.fleet.history.asked.getLast().step()).contains(Duration.ofMinutes(1));
  }

  @Test
  void answersRawSamplesWithOneValueAndAsksForThemOnce() {
    fixture.fleet.history.result =
        new HistoryResult(
            Resolution.RAW,
            Duration.ZERO,
            List.of(
                new HistorySeries(
                    "a", "cpu_percent", Labels.empty(), new long[] {5}, new double[] {1})));

    var body = fixture.get("/api/v1/history?metric=cpu_percent&aggregate=avg,min,max").body();

    assertThat(body).contains("\"aggregates\":[\"avg\"]", "\"points\":[[5,1]]");
    assertThat(fixture.fleet.history.asked).hasSize(1);
  }

  private static HistoryResult minutes(long[] times, double... values) {
    return new HistoryResult(
        Resolution.MINUTE,
        Duration.ofMinutes(1),
        List.of(new HistorySeries("a", "cpu_percent", Labels.empty(), times, values)));
  }

  @ParameterizedTest
  @DisplayName("row 16, 20: a bad parameter is refused by name, 50,001 points too")
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
        "metric=cpu_percent&aggregate=avg,avg        | aggregate is 'avg,avg'",
        "metric=cpu_percent&aggregate=avg,max&format=csv | one value in each cell",
        "metric=cpu_percent&aggregate=avg,median     | aggregate is 'avg,median'",
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
  @DisplayName("row 23: a fault in a store is told without its reason")
  void aFaultInAStoreIs500WithoutItsReason() {
    fixture.fleet.history.failure = new IllegalStateException("SELECT * FROM secrets");

    var response = fixture.get("/api/v1/history?metric=cpu_percent");

    assertProblem(response, 500, "INTERNAL");
    assertThat(response.body()).doesNotContain("SELECT");
  }

  @Test
  @DisplayName("row 20: four heavy queries at once, and no more")
  void moreThanFourQuestionsAtOnceWaitTheirTurn() throws Exception {
    var gate = new CountDownLatch(1);
    fixture.fleet.history.gate = gate;
    try (var asking = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          IntStream.range(0, 6)
              .mapToObj(i -> asking.submit(() -> fixture.get("/api/v1/history?metric=cpu_percent")))
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
