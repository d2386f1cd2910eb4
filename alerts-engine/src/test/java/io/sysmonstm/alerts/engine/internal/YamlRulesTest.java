package io.sysmonstm.alerts.engine.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Operator;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Severity;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class YamlRulesTest {
  private static List<Rule> parse(String text) {
    return YamlRules.parse("rules.yaml", UTF_8.encode(text));
  }

  private static List<String> problems(String text) {
    return problems(UTF_8.encode(text));
  }

  private static List<String> problems(ByteBuffer content) {
    var thrown =
        assertThatExceptionOfType(ConfigException.class)
            .isThrownBy(() -> YamlRules.parse("rules.yaml", content))
            .actual();
    return thrown.problems();
  }

  @Test
  void readsTheWholeForm() {
    var rules =
        parse(
            """
            rules:
              - name: disk-filling            # a comment
                metric: disk_percent
                match: { mount: "/*", machine: "*", "tag.env": "prod", rack: 7 }
                operator: gt
                threshold: 90
                clear: 80.5
                for: 5m
                severity: critical
                message: "{{machine}} {{labels.mount}} is {{value}} % full"
              - name: machine-down
                absent: 30s
            """);
    assertThat(rules)
        .containsExactly(
            new Rule(
                "disk-filling",
                new Rule.Threshold("disk_percent", Operator.GT, 90, 80.5),
                Map.of("mount", "/*", "machine", "*", "tag.env", "prod", "rack", "7"),
                Duration.ofMinutes(5),
                Severity.CRITICAL,
                Optional.of("{{machine}} {{labels.mount}} is {{value}} % full"),
                Rule.Origin.FILE),
            new Rule(
                "machine-down",
                new Rule.Absent(Duration.ofSeconds(30)),
                Map.of(),
                Duration.ZERO,
                Severity.WARNING,
                Optional.empty(),
                Rule.Origin.FILE));
  }

  @Test
  void takesAnEmptyList() {
    assertThat(parse("rules: []")).isEmpty();
  }

  @Test
  void namesLineRuleAndValueOfEveryProblem() {
    assertThat(
            problems(
                """
                rules:
                  - name: a
                    metric: cpu_percent
                    operator: over
                    threshold: .nan
                  - name: b
                    metric: CPU
                    operator: gt
                    threshold: 1
                    for: -5m
                  - name: c
                    metric: cpu_percent
                    operator: gt
                    threshold: 90
                    clear: 95
                    colour: red
                  - metric: cpu_percent
                    operator: lt
                    threshold: 5
                """))
        .satisfiesExactlyInAnyOrder(
            p -> assertThat(p).startsWith("rules.yaml line 4: rule a: operator is 'over'"),
            p -> assertThat(p).startsWith("rules.yaml line 5: rule a: threshold is 'NaN'"),
            p -> assertThat(p).contains("line 7: rule b: metric is wrong", "'CPU'"),
            p -> assertThat(p).startsWith("rules.yaml line 10: rule b: for is '-5m'"),
            p -> assertThat(p).startsWith("rules.yaml line 15: rule c: clear is 95.0"),
            p -> assertThat(p).startsWith("rules.yaml line 16: rule c: colour is not known"),
            p -> assertThat(p).startsWith("rules.yaml line 17: rule (without a name): name is ''"));
  }

  @Test
  void refusesANameThatIsUsedTwice() {
    assertThat(
            problems(
                """
                rules:
                  - {name: a, absent: 30s}
                  - {name: b, absent: 30s}
                  - {name: a, absent: 40s}
                """))
        .containsExactly(
            "rules.yaml line 4: rule a: name is used already, in line 2: expected a unique one");
  }

  @Test
  void refusesAKeyThatIsGivenTwice() {
    assertThat(problems("rules:\n  - name: a\n    absent: 30s\n    absent: 40s\n"))
        .containsExactly("rules.yaml line 4: rule a: absent is given twice");
  }

  @Test
  void readsForecastsAndChanges() {
    var rules =
        parse(
            """
            rules:
              - name: soon
                metric: disk_percent
                forecast: { within: 24h, over: 6h }
                operator: gte
                threshold: 100
              - {name: drops, metric: agent_dropped, change: {over: 600}, operator: gt, threshold: 0}
            """);
    assertThat(rules)
        .extracting(Rule::condition)
        .containsExactly(
            new Rule.Forecast(
                "disk_percent", Operator.GTE, 100, 100, Duration.ofHours(24), Duration.ofHours(6)),
            new Rule.Change("agent_dropped", Operator.GT, 0, 0, Duration.ofMinutes(10)));
  }

  @Test
  void namesTheLineOfAWrongForecast() {
    assertThat(
            problems(
                """
                rules:
                  - name: soon
                    metric: disk_percent
                    forecast: { within: 24h }
                    operator: gte
                    threshold: 100
                """))
        .singleElement()
        .asString()
        .startsWith("rules.yaml line 4: rule soon: forecast is ");
  }

  @Test
  void namesTheRuleOfAWrongMessage() {
    assertThat(
            problems(
                """
                rules:
                  - name: a
                    absent: 30s
                    message: "{{#machine}} never ends"
                  - {name: b, absent: 30s, message: "{{}}"}
                  - {name: c, absent: 30s, message: "{{>/etc/passwd}}"}
                """))
        .satisfiesExactly(
            p -> assertThat(p).startsWith("rules.yaml line 4: rule a: message is not a template"),
            p -> assertThat(p).startsWith("rules.yaml line 5: rule b: message is not a template"),
            p -> assertThat(p).startsWith("rules.yaml line 6: rule c: message has {{>"));
  }

  @Test
  void refusesValuesThatAreLeftEmpty() {
    assertThat(
            problems(
                "rules:\n  - name: a\n    metric: cpu_percent\n    operator: gt\n    threshold:\n"))
        .contains(
            "rules.yaml line 5: rule a: threshold is empty: expected a value, or leave it out")
        .allMatch(problem -> problem.contains("rule a: threshold"));
    assertThat(problems("rules:\n  - {name: a, absent: 0s}"))
        .singleElement()
        .asString()
        .contains("rule a: absent is no time at all");
  }

  @Test
  void refusesWhatIsNoListOfRules() {
    assertThat(problems("")).singleElement().asString().contains("empty");
    assertThat(problems("a: 1"))
        .anyMatch(p -> p.contains("line 1: a is not known"))
        .anyMatch(p -> p.contains("rules is missing"));
    assertThat(problems("- a")).singleElement().asString().contains("expected rules:");
    assertThat(problems("rules: 5")).singleElement().asString().contains("rules is not a list");
    assertThat(problems("rules: [5]")).singleElement().asString().contains("'5' is not a rule");
    assertThat(problems("rules: []\n---\nrules: []")).singleElement().asString().contains("line");
  }

  @Test
  void namesTheLineOfWhatIsNotYaml() {
    assertThat(problems("rules:\n  - name: a\n   metric: b\n"))
        .singleElement()
        .asString()
        .startsWith("rules.yaml line 3: not YAML");
    assertThat(problems("rules:\n  - {name: a, absent: 3s, match: {mount: *x}}\n"))
        .singleElement()
        .asString()
        .startsWith("rules.yaml line 2: not YAML");
    assertThat(problems("rules:\n  - {name: !!java.net.URL [x], absent: 3s}\n")).isNotEmpty();
  }

  @Test
  void isNotHurtByHostileFiles() {
    assertThat(problems("[".repeat(100_000))).singleElement().asString().contains("levels");
    assertThat(problems("rules:\n" + "- ".repeat(100_000))).isNotEmpty();
    assertThat(problems(ByteBuffer.allocate(YamlRules.MAX_BYTES + 1)))
        .singleElement()
        .asString()
        .contains("larger than");
    assertThat(problems(ByteBuffer.wrap(new byte[] {'r', (byte) 0xff, (byte) 0xfe})))
        .singleElement()
        .asString()
        .contains("UTF-8");
    var bomb = new StringBuilder("a: &a [x, x]\n");
    for (char c = 'b'; c < 'z'; c++) {
      char before = (char) (c - 1);
      bomb.append(c).append(": &").append(c).append(" [");
      bomb.append(("*" + before + ", ").repeat(9)).append("x]\n");
    }
    assertThat(problems(bomb + "rules: [{name: a, absent: 3s, match: *y}]")).isNotEmpty();
  }

  @Test
  void letsAliasesSaveTyping() {
    assertThat(
            parse(
                """
                rules:
                  - {name: a, absent: 30s, match: &prod {machine: "db-*"}}
                  - {name: b, absent: 60s, match: *prod}
                """))
        .allMatch(rule -> rule.match().equals(Map.of("machine", "db-*")));
  }
}
