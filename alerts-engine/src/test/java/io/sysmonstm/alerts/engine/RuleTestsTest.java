package io.sysmonstm.alerts.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTestsTest {
  private static final String RULES =
      """
      rules:
        - {name: filling, metric: disk_percent, operator: gt, threshold: 90, clear: 80, for: 2m}
        - {name: down, absent: 30s, match: {tag.env: prod}}
        - {name: soon, metric: disk_percent, operator: gte, threshold: 100, forecast: {within: 1d, over: 1h}}
      """;

  @TempDir private Path directory;

  private RuleTests.Result run(String tests) throws IOException {
    Files.writeString(directory.resolve("rules.yaml"), RULES);
    return RuleTests.run(Files.writeString(directory.resolve("test.yaml"), tests));
  }

  @Test
  void passWhereWhatFiresIsWhatIsExpected() throws IOException {
    var result =
        run(
            """
            rules: rules.yaml
            tests:
              - name: a full disk
                interval: 30s
                series:
                  - {metric: disk_percent, labels: {mount: /}, values: "50 95x10 85x2 80"}
                alerts:
                  - {at: 2m, firing: []}
                  - at: 2m30s
                    firing:
                      - rule: filling
                        machine: m1
                        labels: {mount: /}
                        message: "m1: disk_percent of mount / is 95 %, above 90 %"
                  - {at: 6m, firing: [filling]}
                  - {at: 6m30s, firing: []}
              - name: a machine that is gone
                series:
                  - {machine: a, tags: {env: prod}, metric: cpu_percent, values: "5x12 _x12 5"}
                  - {machine: b, tags: {env: test}, metric: cpu_percent, samples: [[0s, 1], [5s, 1]]}
                alerts:
                  - {at: 1m20s, firing: []}
                  - {at: 1m30s, firing: [{rule: down, machine: a}]}
                  - {at: 2m, firing: []}
              - interval: 1m
                series: [{metric: disk_percent, values: "50+0.1x60"}]
                alerts: [{at: 1h, firing: [soon]}]
            """);
    assertThat(result.failures()).isEmpty();
    assertThat(result.tests()).isEqualTo(3);
  }

  @Test
  void sayWhatFiresInstead() throws IOException {
    var result =
        run(
            """
            rules: rules.yaml
            tests:
              - name: wrong
                interval: 30s
                series: [{metric: disk_percent, values: "95x10"}]
                alerts:
                  - {at: 1m, firing: [filling]}
                  - {at: 3m, firing: []}
                  - {at: 3m, firing: [{rule: filling, machine: other}]}
            """);
    assertThat(result.failures())
        .containsExactly(
            "test.yaml: test wrong: at 1m: expected [filling] to fire, but there fire: nothing",
            "test.yaml: test wrong: at 3m: expected nothing to fire, but there fire:"
                + " filling of m1{} 'm1: disk_percent is 95 %, above 90 %'",
            "test.yaml: test wrong: at 3m: expected [filling of other] to fire, but there fire:"
                + " filling of m1{} 'm1: disk_percent is 95 %, above 90 %'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "rules: []",
        "tests: []",
        "{rules: none.yaml, tests: []}",
        "{rules: [{name: x}], tests: []}",
        "{rules: [], tests: [{}]}",
        "{rules: [], tests: [{series: [], alerts: [], colour: red}]}",
        "{rules: [], tests: [{series: [], alerts: [], interval: 0s}]}",
        "{rules: [], tests: [{series: [{metric: m, values: 5y}], alerts: []}]}",
        "{rules: [], tests: [{series: [{metric: m, values: 1x9999999}], alerts: []}]}",
        "{rules: [], tests: [{series: [{metric: m}], alerts: []}]}",
        "{rules: [], tests: [{series: [{metric: m, samples: [5]}], alerts: []}]}",
        "{rules: [], tests: [{series: [], alerts: [{at: 99d, firing: []}]}]}",
        "{rules: [], tests: [{series: [], alerts: [{at: 1m, firing: x}]}]}",
        "{rules: [",
        "!!java.net.URL [x]",
      })
  void refuseAFileThatIsNoTest(String text) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> run(text))
        .satisfies(
            refused ->
                assertThat(refused.problems())
                    .isNotEmpty()
                    .allMatch(
                        problem -> problem.contains(".yaml") || problem.startsWith("rule x")));
  }

  @Test
  void refuseAFileThatIsNotThere() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> RuleTests.run(directory.resolve("none.yaml")))
        .withMessageContaining("none.yaml: there is no such file");
  }
}
