package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineStatusTest {
  @ParameterizedTest
  @CsvSource({
    "0, 5000, UP",
    "14999, 5000, UP",
    "15000, 5000, STALE",
    "29999, 5000, STALE",
    "30000, 5000, DOWN",
    "6000, 1000, STALE",
    "29999, 1000, STALE",
    "30000, 1000, DOWN",
    "30000, 60000, UP",
    "180000, 60000, STALE",
    "360000, 60000, DOWN",
    "-5000, 5000, UP"
  })
  void followsFromSilence(long silenceMillis, long intervalMillis, MachineStatus expected) {
    assertThat(
            MachineStatus.of(Duration.ofMillis(silenceMillis), Duration.ofMillis(intervalMillis)))
        .isEqualTo(expected);
  }

  @Test
  void ofAStateIsByTheClockThatSetItsLastSeen() {
    var seen = Instant.parse("2026-01-01T00:00:00Z");
    var state =
        new MachineState(
            "a", Resource.builder("a").build(), seen, Duration.ofSeconds(5), List.of(), List.of());

    assertThat(state.status(seen.plusSeconds(14))).isEqualTo(MachineStatus.UP);
    assertThat(state.status(seen.plusSeconds(15))).isEqualTo(MachineStatus.STALE);
    assertThat(state.status(seen.plusSeconds(30))).isEqualTo(MachineStatus.DOWN);
  }

  @Test
  void isLowerCaseInText() {
    assertThat(MachineStatus.STALE.text()).isEqualTo("stale");
  }
}
