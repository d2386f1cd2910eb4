package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelsTest {
  @Test
  void areEqualWhateverTheOrderTheyWereGivenIn() {
    var forward = new LinkedHashMap<String, String>();
    forward.put("mount", "/");
    forward.put("device", "sda");
    var backward = new LinkedHashMap<String, String>();
    backward.put("device", "sda");
    backward.put("mount", "/");

    assertThat(Labels.of(forward))
        .isEqualTo(Labels.of(backward))
        .hasSameHashCodeAs(Labels.of(backward));
    assertThat(Labels.of(forward).toString()).isEqualTo("{device=\"sda\",mount=\"/\"}");
  }

  @Test
  void differByNameAndByValue() {
    assertThat(Labels.of("a", "1"))
        .isNotEqualTo(Labels.of("a", "2"))
        .isNotEqualTo(Labels.of("b", "1"));
    assertThat(Labels.of("a", "1")).isNotEqualTo(Labels.empty());
  }

  @Test
  void keepTheirPairsWhenTheGivenMapChanges() {
    var pairs = new LinkedHashMap<>(Map.of("a", "1"));
    var labels = Labels.of(pairs);
    pairs.put("b", "2");

    assertThat(labels.asMap()).containsOnlyKeys("a");
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> labels.asMap().put("c", "3"));
  }

  @Test
  void answerForOneName() {
    assertThat(Labels.of("core", "3").value("core")).contains("3");
    assertThat(Labels.of("core", "3").value("mount")).isEmpty();
    assertThat(Labels.of("core", "3").size()).isEqualTo(1);
  }

  @Test
  void withoutPairsAreAlwaysTheSame() {
    assertThat(Labels.of(Map.of())).isSameAs(Labels.empty());
    assertThat(Labels.empty().isEmpty()).isTrue();
    assertThat(Labels.empty()).hasToString("{}");
  }

  @Test
  void areOrderedByTheirText() {
    assertThat(Labels.of("a", "1")).isLessThan(Labels.of("a", "2")).isLessThan(Labels.of("b", "0"));
    assertThat(Labels.of("a", "1")).isEqualByComparingTo(Labels.of("a", "1"));
  }
}
