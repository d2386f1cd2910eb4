package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RuleFormatTest {
  @Test
  void readsARuleOnAThreshold() {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("name", "disk-filling");
    keys.put("metric", "disk_percent");
    keys.put("match", Map.of("mount", "/*", "tag.rack", 7));
    keys.put("operator", "gt");
    keys.put("threshold", 90);
    keys.put("clear", 80.5);
    keys.put("for", "5m");
    keys.put("severity", "critical");
    keys.put("message", "{{machine}} is full");

    assertThat(RuleFormat.read(keys, Rule.Origin.FILE))
        .isEqualTo(
            new Rule(
                "disk-filling",
                new Rule.Threshold("disk_percent", Operator.GT, 90, 80.5),
                Map.of("mount", "/*", "tag.rack", "7"),
                Duration.ofMinutes(5),
                Severity.CRITICAL,
                Optional.of("{{machine}} is full"),
                Rule.Origin.FILE));
  }

  @Test
  void fillsInWhatIsLeftOut() {
    var rule =
        RuleFormat.read(
            Map.of("name", "busy", "metric", "cpu_percent", "operator", "gte", "threshold", 95),
            Rule.Origin.API);

    assertThat(rule.condition()).isEqualTo(new Rule.Threshold("cpu_percent", Operator.GTE, 95, 95));
    assertThat(rule.hold()).isZero();
    assertThat(rule.severity()).isEqualTo(Severity.WARNING);
    assertThat(rule.match()).isEmpty();
    assertThat(rule.message()).isEmpty();
    assertThat(rule.origin()).isEqualTo(Rule.Origin.API);
  }

  @Test
  void readsARuleOnAbsence() {
    var rule = RuleFormat.read(Map.of("name", "down", "absent", "30s"), Rule.Origin.FILE);

    assertThat(rule.condition()).isEqualTo(new Rule.Absent(Duration.ofSeconds(30)));
  }

  @Test
  void namesEveryProblemAtOnce() {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("name", "Bad Name");
    keys.put("metric", "CPU");
    keys.put("operator", "above");
    keys.put("threshold", Double.NaN);
    keys.put("for", "-5s");
    keys.put("severity", "fatal");
    keys.put("match", List.of("x"));
    keys.put("treshold", 5);

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> RuleFormat.read(keys, Rule.Origin.FILE))
        .satisfies(
            problem -> {
              assertThat(problem.problems()).allMatch(text -> text.startsWith("rule Bad Name: "));
              for (var key :
                  List.of(
                      "name",
                      "metric",
                      "operator",
                      "threshold",
                      "for",
                      "severity",
                      "match",
                      "treshold")) {
                assertThat(problem.problems())
                    .anyMatch(text -> text.startsWith("rule Bad Name: " + key + " "));
              }
              assertThat(problem.problems()).hasSize(8);
            });
  }

  @Test
  void namesWhatIsMissing() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> RuleFormat.read(Map.of(), Rule.Origin.FILE))
        .satisfies(
            problem ->
                assertThat(problem.problems())
                    .allMatch(text -> text.startsWith("rule (without a name): "))
                    .anyMatch(text -> text.contains("operator is missing"))
                    .anyMatch(text -> text.contains("threshold is missing")));
  }

  @Test
  void refusesValuesBesideAbsence() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(
            () ->
                RuleFormat.read(
                    Map.of("name", "down", "absent", "30s", "threshold", 5), Rule.Origin.FILE))
        .withMessageContaining("threshold does not go with absent");
  }

  @ParameterizedTest
  @CsvSource({"gt, 91", "gte, 91", "lt, 89", "lte, 89", "eq, 91", "ne, 89"})
  void refusesToClearOnTheWrongSide(String operator, double clear) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(
            () ->
                RuleFormat.read(
                    Map.of(
                        "name",
                        "x",
                        "metric",
                        "cpu_percent",
                        "operator",
                        operator,
                        "threshold",
                        90,
                        "clear",
                        clear),
                    Rule.Origin.FILE))
        .withMessageContaining("clear is ");
  }

  @ParameterizedTest
  @EnumSource
  void readsBackAThresholdThatItWrote(Operator operator) {
    var rule =
        new Rule(
            "a-rule",
            new Rule.Threshold("cpu_percent", operator, 0.1 + 0.2, 0.1 + 0.2),
            Map.of("machine", "web-*", "tag.env", "prod"),
            Duration.ofMillis(90_500),
            Severity.INFO,
            Optional.of("{{value}}"),
            Rule.Origin.API);

    assertThat(RuleFormat.read(RuleFormat.write(rule), Rule.Origin.API)).isEqualTo(rule);
  }

  @Test
  void readsBackAnAbsenceThatItWrote() {
    var rule =
        new Rule(
            "down",
            new Rule.Absent(Duration.ofSeconds(30)),
            Map.of(),
            Duration.ZERO,
            Severity.CRITICAL,
            Optional.empty(),
            Rule.Origin.FILE);

    assertThat(RuleFormat.read(RuleFormat.write(rule), Rule.Origin.FILE)).isEqualTo(rule);
    assertThat(RuleFormat.write(rule)).doesNotContainKeys("metric", "message", "threshold");
  }

  @Test
  void readsBackWhatItWroteOfForecastsAndChanges() {
    for (var condition :
        List.of(
            new Rule.Forecast(
                "disk_percent", Operator.GTE, 100, 95, Duration.ofHours(24), Duration.ofHours(6)),
            new Rule.Change("agent_dropped", Operator.GT, 0, 0, Duration.ofMinutes(10)))) {
      var rule =
          new Rule(
              "x",
              condition,
              Map.of(),
              Duration.ofMinutes(5),
              Severity.WARNING,
              Optional.empty(),
              Rule.Origin.API);

      assertThat(RuleFormat.read(RuleFormat.write(rule), Rule.Origin.API)).isEqualTo(rule);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', forecast is ''",
    "24h, forecast is '24h'",
    "within, forecast is '{within=6h}'",
    "other, forecast is '{other=6h",
    "short, forecast has over '9s'",
    "long, forecast has within '91d'",
    "word, forecast has over 'soon'",
  })
  void refusesForecastsWithoutTwoDurations(String which, String problem) {
    Object forecast =
        switch (which) {
          case "within" -> Map.of("within", "6h");
          case "other" -> Map.of("other", "6h");
          case "short" -> Map.of("within", "6h", "over", "9s");
          case "long" -> Map.of("within", "91d", "over", "6h");
          case "word" -> Map.of("within", "6h", "over", "soon");
          default -> which;
        };
    var keys =
        Map.of(
            "name",
            "x",
            "metric",
            "disk_percent",
            "operator",
            "gte",
            "threshold",
            100,
            "forecast",
            forecast);
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> RuleFormat.read(keys, Rule.Origin.API))
        .withMessageContaining(problem);
  }

  @Test
  void refusesAForecastOfAChange() {
    var over = Map.of("over", "10m");
    var keys =
        Map.of(
            "name",
            "x",
            "metric",
            "m",
            "operator",
            "gt",
            "threshold",
            1,
            "change",
            over,
            "forecast",
            Map.of("within", "1h", "over", "1h"));
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> RuleFormat.read(keys, Rule.Origin.API))
        .withMessageContaining("change does not go with forecast");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(
            () ->
                RuleFormat.read(
                    Map.of("name", "x", "absent", "30s", "change", over), Rule.Origin.API))
        .withMessageContaining("change does not go with absent");
  }

  @Test
  void showsHostileTextsHarmlessly() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> RuleFormat.read(Map.of("name", "a\nb", "x\u001b", "y"), Rule.Origin.FILE))
        .satisfies(
            problem -> assertThat(problem.problems()).noneMatch(text -> text.contains("\n")));
  }

  @Test
  void aThresholdIsBreachedOnOneSideAndClearedBeyondTheGap() {
    var threshold = new Rule.Threshold("disk_percent", Operator.GT, 90, 80);

    assertThat(threshold.breachedBy(90)).isFalse();
    assertThat(threshold.breachedBy(90.1)).isTrue();
    assertThat(threshold.clearedBy(85)).as("between the two").isFalse();
    assertThat(threshold.clearedBy(80)).isTrue();
  }
}
