package io.sysmonstm.alerts.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuleBackTestTest {
  private static final Instant FROM = Instant.parse("2026-03-01T00:00:00Z");
  private static final Labels ROOT = Labels.of("mount", "/");
  private static final Labels HOME = Labels.of("mount", "/home");

  private final FixedHistory history = new FixedHistory();

  private static Rule rule(Map<String, Object> more) {
    var keys = new HashMap<String, Object>(Map.of("name", "r"));
    keys.putAll(more);
    return RuleFormat.read(keys, Rule.Origin.API);
  }

  private static Rule full(String hold) {
    return rule(
        Map.of(
            "metric", "disk_percent", "operator", "gt", "threshold", 90, "clear", 80, "for", hold));
  }

  private List<Alert> replay(Rule rule, Duration span) {
    return new RuleBackTest(history).replay(rule, FROM, FROM.plus(span));
  }

  private static List<String> shown(List<Alert> alerts) {
    return alerts.stream()
        .map(
            alert ->
                "%s%s %s to %s"
                    .formatted(
                        alert.machineId(),
                        alert.labels(),
                        alert.firedAt().map(at -> Duration.between(FROM, at).toString()).orElse(""),
                        alert
                            .resolvedAt()
                            .map(at -> Duration.between(FROM, at).toString())
                            .orElse("now")))
        .toList();
  }

  @Test
  void saysWhenARuleWouldHaveFiredAndForHowLong() {
    history.put("b", "disk_percent", ROOT, FROM, 5, 5_000, i -> i >= 1_000 && i < 3_000 ? 95 : 50);
    history.put("a", "disk_percent", ROOT, FROM, 5, 5_000, i -> i >= 4_000 ? 95 : 50);
    history.put("a", "disk_percent", HOME, FROM, 5, 5_000, i -> i % 2_000 == 0 ? 95 : 50);
    var span = Duration.ofSeconds(25_000);
    assertThat(shown(replay(full("0s"), span)))
        .containsExactly(
            "a{mount=\"/home\"} PT0S to PT5S",
            "a{mount=\"/home\"} PT2H46M40S to PT2H46M45S",
            "a{mount=\"/\"} PT5H33M20S to now",
            "a{mount=\"/home\"} PT5H33M20S to PT5H33M25S",
            "b{mount=\"/\"} PT1H23M20S to PT4H10M");
    assertThat(shown(replay(full("5m"), span)))
        .containsExactly(
            "a{mount=\"/\"} PT5H38M20S to now", "b{mount=\"/\"} PT1H28M20S to PT4H10M");
  }

  @Test
  void saysTheSameEachTime() {
    history.put("a", "disk_percent", ROOT, FROM, 5, 5_000, i -> 85 + i % 977 / 100.0);
    var span = Duration.ofSeconds(25_000);
    assertThat(shown(replay(full("1m"), span)))
        .isNotEmpty()
        .isEqualTo(shown(replay(full("1m"), span)));
  }

  @Test
  void goesByAveragesWhereRawSamplesAreGone() {
    history.rollUpBefore(FROM.plus(Duration.ofHours(2)));
    history.put("a", "disk_percent", ROOT, FROM, 60, 300, i -> i >= 60 && i < 200 ? 95 : 50);
    assertThat(shown(replay(full("5m"), Duration.ofHours(5))))
        .containsExactly("a{mount=\"/\"} PT1H6M to PT3H20M");
  }

  @Test
  void replaysForecasts() {
    history.put("a", "disk_percent", ROOT, FROM, 30, 1_200, i -> 50 + i / 120.0 * 4);
    history.put("b", "disk_percent", ROOT, FROM, 30, 1_200, i -> 50);
    var soon =
        rule(
            Map.of(
                "metric",
                "disk_percent",
                "operator",
                "gte",
                "threshold",
                100,
                "forecast",
                Map.of("within", "24h", "over", "6h")));
    var alerts = replay(soon, Duration.ofHours(10));
    assertThat(alerts).singleElement().extracting(Alert::machineId).isEqualTo("a");
    assertThat(alerts.getFirst().firedAt().orElseThrow())
        .isBetween(FROM.plus(Duration.ofHours(3)), FROM.plus(Duration.ofMinutes(200)));
  }

  @Test
  void replaysAbsence() {
    history.put("a", "cpu_percent", Labels.empty(), FROM, 5, 2_000, i -> 5);
    history.put("b", "cpu_percent", Labels.empty(), FROM, 5, 200, i -> 5);
    history.put(
        "b", "cpu_percent", Labels.empty(), FROM.plus(Duration.ofHours(1)), 5, 1_000, i -> 5);
    assertThat(shown(replay(rule(Map.of("absent", "30s")), Duration.ofHours(2))))
        .containsExactly("b{} PT17M5S to PT1H");
  }

  @Test
  void looksOnlyAtWhatMatches() {
    for (var machine : List.of("a", "b")) {
      history.put(machine, "disk_percent", ROOT, FROM, 60, 100, i -> 95);
      history.put(machine, "disk_percent", HOME, FROM, 60, 100, i -> 95);
    }
    var keys = new HashMap<>(RuleFormat.write(full("0s")));
    keys.put("match", Map.of("machine", "b", "mount", "/h*"));
    assertThat(shown(replay(RuleFormat.read(keys, Rule.Origin.API), Duration.ofHours(1))))
        .containsExactly("b{mount=\"/home\"} PT0S to now");
  }

  @Test
  void refusesWhatCannotBeReplayed() {
    refuses(full("0s"), Duration.ZERO, ErrorCode.INVALID_ARGUMENT);
    refuses(full("0s"), Duration.ofDays(32), ErrorCode.INVALID_ARGUMENT);
    refuses(
        rule(Map.of("absent", "30s", "match", Map.of("tag.env", "prod"))),
        Duration.ofHours(1),
        ErrorCode.INVALID_ARGUMENT);
    refuses(
        rule(Map.of("metric", "net_rx_bytes", "operator", "gt", "threshold", 1)),
        Duration.ofHours(1),
        ErrorCode.INVALID_ARGUMENT);
  }

  @Test
  void refusesMoreThanItCanHold() {
    for (int i = 0; i <= 5_000; i++) {
      history.put("m" + i, "disk_percent", ROOT, FROM, 60, 1, point -> 5);
    }
    refuses(full("0s"), Duration.ofHours(1), ErrorCode.RESOURCE_EXHAUSTED);
  }

  @Test
  void refusesToListAlertsWithoutEnd() {
    history.put("a", "disk_percent", ROOT, FROM, 1, 30_000, i -> i % 2 * 99);
    refuses(full("0s"), Duration.ofHours(9), ErrorCode.RESOURCE_EXHAUSTED);
  }

  private void refuses(Rule rule, Duration span, ErrorCode code) {
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> replay(rule, span))
        .satisfies(refused -> assertThat(refused.code()).isEqualTo(code));
  }
}
