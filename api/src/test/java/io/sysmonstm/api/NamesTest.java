package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  private static final String LONGEST = "a".repeat(64);

  @ParameterizedTest
  @ValueSource(strings = {"a", "web-1.example_org", "A.b_c-9"})
  void takesMachineIds(String id) {
    assertThat(Names.machineIdProblem(id)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a:b", "*", "ä", "a\nb", "a/b", "web-1\n"})
  void refusesOtherMachineIds(String id) {
    assertThat(Names.machineIdProblem(id))
        .hasValueSatisfying(problem -> assertThat(problem).contains("expected 1 to 64 of"));
  }

  @Test
  void boundsTheLengthOfNames() {
    assertThat(Names.machineIdProblem(LONGEST)).isEmpty();
    assertThat(Names.machineIdProblem(LONGEST + "a")).isPresent();
    assertThat(Names.metricProblem(LONGEST)).isEmpty();
    assertThat(Names.metricProblem(LONGEST + "a")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu_percent", "_x", "load_avg_1m"})
  void takesMetricNames(String metric) {
    assertThat(Names.metricProblem(metric)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "CPU_PERCENT", "1m", "cpu-percent", "cpu.percent", "cpu percent", "é"})
  void refusesOtherMetricNames(String metric) {
    assertThat(Names.metricProblem(metric)).isPresent();
  }

  @Test
  void takesLabelsOfAnyPrintableValue() {
    assertThat(Names.labelsProblem(Map.of("mount", "/härte \"x\" €", "tag.env", "", "A1", "b")))
        .isEmpty();
  }

  @Test
  void refusesLabelsByNameValueAndNumber() {
    assertThat(Names.labelsProblem(Map.of("", "x"))).isPresent();
    assertThat(Names.labelsProblem(Map.of("1a", "x"))).isPresent();
    assertThat(Names.labelsProblem(Map.of("a-b", "x"))).isPresent();
    assertThat(Names.labelsProblem(Map.of("a".repeat(257), "x"))).isPresent();
    assertThat(Names.labelsProblem(Map.of("a", "line\nbreak"))).isPresent();
    assertThat(Names.labelsProblem(Map.of("a", "\u001b[31m"))).isPresent();
    var many = new HashMap<String, String>();
    for (int i = 0; i < Names.MAX_LABELS; i++) {
      many.put("l" + i, "x");
    }
    assertThat(Names.labelsProblem(many)).isEmpty();
    many.put("one_more", "x");
    assertThat(Names.labelsProblem(many)).contains("17 labels: expected at most 16");
  }

  @Test
  void countsTheLengthOfAValueInBytes() {
    assertThat(Names.labelsProblem(Map.of("a", "x".repeat(256)))).isEmpty();
    assertThat(Names.labelsProblem(Map.of("a", "x".repeat(257)))).isPresent();
    assertThat(Names.labelsProblem(Map.of("a", "ä".repeat(128)))).isEmpty();
    assertThat(Names.labelsProblem(Map.of("a", "ä".repeat(129)))).isPresent();
  }

  @Test
  void showsHostileTextsHarmlessly() {
    assertThat(Names.shown("a\nb\u001b\u0000c")).isEqualTo("a?b??c");
    assertThat(Names.shown("x".repeat(81))).isEqualTo("x".repeat(80) + "…");
    assertThat(Names.shown("x".repeat(80))).isEqualTo("x".repeat(80));
  }
}
