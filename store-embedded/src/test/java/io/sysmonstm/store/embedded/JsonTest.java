package io.sysmonstm.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.Labels;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void readsBackWhatItWrote() {
    Object value =
        Map.of(
            "text", "\"\\\n\t\u0000ä€😀\ud800",
            "numbers", List.of(1L, -2L, 0.1 + 0.2, 1e-300, 1.7976931348623157E308),
            "flags", List.of(true, false),
            "empty", List.of(Map.of(), List.of(), ""));

    assertThat(Json.read(Json.write(value))).contains(value);
  }

  @Test
  void writesTheSameLabelsAsTheSameText() throws SQLException {
    var labels = Labels.of(Map.of("b", "2", "a", "1\"", "c", ""));

    assertThat(LabelText.write(labels)).isEqualTo("{\"a\":\"1\\\"\",\"b\":\"2\",\"c\":\"\"}");
    assertThat(LabelText.read(LabelText.write(labels))).isEqualTo(labels);
    assertThat(LabelText.write(Labels.empty())).isEqualTo("{}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1",
        "\"a",
        "{\"a\"}",
        "{a:1}",
        "tru",
        "-",
        "1 2",
        "[1,]",
        "\"\\u12\"",
        "nul"
      })
  void refusesOtherTexts(String text) {
    assertThat(Json.read(text)).isEmpty();
    assertThatExceptionOfType(SQLException.class).isThrownBy(() -> LabelText.read(text));
  }

  @Test
  void refusesWhatIsNestedTooDeep() {
    assertThat(Json.read("[".repeat(100_000))).isEmpty();
  }
}
