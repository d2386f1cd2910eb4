package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestKeyTest {
  private static final List<String> KNOWN =
      List.of("log.level", "log.format", "aggregator.listen", "gateway.listen");

  @Test
  void namesWhatDiffersByAFewCharacters() {
    assertThat(NearestKey.hint("log.levle", KNOWN)).isEqualTo("; did you mean log.level?");
    assertThat(NearestKey.hint("log-level", KNOWN)).isEqualTo("; did you mean log.level?");
  }

  @Test
  void namesWhatEndsInIt() {
    assertThat(NearestKey.hint("listen", KNOWN))
        .isEqualTo("; did you mean aggregator.listen or gateway.listen?");
  }

  @Test
  void saysNothingWhereNothingIsNear() {
    assertThat(NearestKey.hint("retention", KNOWN)).isEmpty();
  }
}
