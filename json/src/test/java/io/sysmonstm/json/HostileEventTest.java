package io.sysmonstm.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Topic;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others put on the bus: too new, broken, or meant to harm. */
class HostileEventTest {
  private static final String CYCLE =
      """
      {"type":"metrics","timestamp":"2026-05-01T12:00:00Z","machine_id":"web-1","hostname":"web",
      "epoch":"00000000-0000-0001-0000-000000000001","seq":7,"received_at":"2026-05-01T12:00:00Z",
      "interval_ms":5000,"metrics":[{"metric":"cpu_percent","labels":{},"value":90}]}
      """;

  private final SelfMetrics metrics = new SelfMetrics();
  private final EventJson json = new EventJson(new SeriesRegistry(20, 100), metrics);

  private MetricsEvent read(String message) {
    return (MetricsEvent) json.read(message.getBytes(UTF_8), Topic.METRICS_RAW);
  }

  private double refused() {
    return metrics.collect().getFirst().value();
  }

  @Test
  void unknownPropertiesAreSkippedWhereverTheyAre() {
    var message =
        CYCLE
            .replace("{\"type\"", "{\"new\":{\"deep\":[1,{\"a\":null}]},\"type\"")
            .replace("{\"metric\"", "{\"exemplar\":[1],\"metric\"");
    assertThat(read(message).batch().value(0)).isEqualTo(90);
  }

  @Test
  void thePropertiesOfASampleMayComeInAnyOrder() {
    var message =
        CYCLE.replace(
            "\"metric\":\"cpu_percent\",\"labels\":{},\"value\":90",
            "\"value\":90,\"metric\":\"cpu_percent\"");
    assertThat(read(message).batch().series(0)).isSameAs(read(CYCLE).batch().series(0));
  }

  @Test
  void anUnknownMetricIsAPlainGauge() {
    var metric = read(CYCLE.replace("cpu_percent", "app_queue")).batch().series(0).metric();
    assertThat(metric.name()).isEqualTo("app_queue");
    assertThat(metric.unit().symbol()).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "1e999", "-1", "101"})
  void aValueThatTheMetricDoesNotAcceptIsLeftOutAndCounted(String value) {
    var event = read(CYCLE.replace("90", value));
    assertThat(event.batch().size()).isZero();
    assertThat(refused()).isEqualTo(1);
  }

  @Test
  void seriesOverTheBoundAreLeftOutAndCounted() {
    var samples = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      samples.append("{\"metric\":\"app_%d\",\"value\":1},".formatted(i));
    }
    var event = read(CYCLE.replace("[{", "[" + samples + "{"));
    assertThat(event.batch().size()).isEqualTo(20);
    assertThat(refused()).isEqualTo(11);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "type":"metrics"         | "type":"alert"             | type is 'alert': expected metrics
          "type":"metrics"         | "type":[]                  | type is an array: expected a text
          "web-1"                  | "../etc"                   | machine id '../etc' is not valid
          "machine_id":"web-1",    | `                          ` | metrics come before machine_id
          2026-05-01T12            | yesterday                  | timestamp is 'yesterday:00:00Z': expected a time
          2026-05-01T12            | +999999999-01-01T12        | expected a time
          "seq":7                  | "seq":0                    | seq is 0: expected a whole number from 1
          "seq":7                  | "seq":99999999999999999999 | seq is 99999999999999999999: expected a whole number
          "seq":7                  | "seq":1.5                  | seq is 1.5: expected a whole number
          "seq":7,                 | `                          ` | cycle without seq
          00000000-                | x0000000-                  | epoch is 'x0000000-0000-0001-0000-000000000001': expected a UUID
          5000                     | -1                         | interval_ms is -1
          cpu_percent              | CPU                        | metric name 'CPU' is not valid
          "metric":"cpu_percent",  | `                          ` | sample without metric
          {}                       | {"a b":"c"}                | label name 'a b' is not valid
          {}                       | {"a":1}                    | a is 1: expected a text
          {}                       | {"a":{}}                   | a is an object: expected a text
          :90                      | :"90"                      | value is '90': expected a number
          :90                      | :NaN                       | not valid JSON at line 3
          "interval_ms"            | "resource":7,"interval_ms" | resource is 7: expected an object
          """)
  void whatIsNotACycleIsRefusedWithTheReason(String part, String instead, String reason) {
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> read(CYCLE.replace(part.strip(), instead.strip())))
        .withMessageStartingWith("message of metrics.raw: ")
        .withMessageContaining(reason)
        .matches(e -> e.code() == ErrorCode.INVALID_ARGUMENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "7", "null", "{}", "{} {}", "hello", "\u0000"})
  void whatIsNotAnEventOfAnyTopicIsRefused(String message) {
    for (var topic : Topic.values()) {
      assertThatExceptionOfType(RequestException.class)
          .isThrownBy(() -> json.read(message.getBytes(UTF_8), topic))
          .withMessageStartingWith("message of " + topic.text());
    }
  }

  @Test
  @DisplayName("row 20: JSON has a depth of at most 32")
  void depthLengthAndNumbersAreBounded() {
    refuses("{\"a\":" + "[".repeat(100_000), "nested");
    refuses("{\"seq\":" + "9".repeat(10_000) + "}", "not valid JSON");
    refuses("{\"hostname\":\"" + "x".repeat(2 << 20) + "\"}", "not valid JSON");
    refuses(" ".repeat(EventJson.MAX_BYTES + 1), "expected at most");
    var labels = new StringBuilder("{\"l0\":\"\"");
    for (int i = 1; i < 100; i++) {
      labels.append(",\"l%d\":\"\"".formatted(i));
    }
    refuses(CYCLE.replace("{}", labels + "}"), "at most 16 labels");
  }

  private void refuses(String message, String reason) {
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> read(message))
        .withMessageContaining(reason)
        .matches(e -> e.getMessage().length() < 500);
  }

  @Test
  void anAlertOfAnotherTopicIsRefused() {
    var message =
        """
        {"type":"alert","change":"resolved","data":{"id":"a","rule":"r","machine_id":"web-1",
        "severity":"info","state":"resolved","started_at":"2026-05-01T12:00:00Z"}}
        """;
    assertThat(json.read(message.getBytes(UTF_8), Topic.ALERTS_RESOLVED).machineId())
        .isEqualTo("web-1");
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> json.read(message.getBytes(UTF_8), Topic.ALERTS_FIRED))
        .withMessage("message of alerts.fired: change 'resolved' is of topic alerts.resolved");
  }

  @Test
  void bytesAtRandomAreEitherReadOrRefused() {
    var random = new Random(7);
    var good = CYCLE.getBytes(UTF_8);
    for (int i = 0; i < 3_000; i++) {
      var message = good.clone();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        message[random.nextInt(message.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(json.read(message, Topic.METRICS_RAW).topic()).isEqualTo(Topic.METRICS_RAW);
      } catch (RequestException refused) {
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      }
    }
  }
}
