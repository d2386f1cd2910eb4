package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "5, 5000",
    "0, 0",
    "5s, 5000",
    "250ms, 250",
    "1m30s, 90000",
    "24h, 86400000",
    "30d, 2592000000",
    "2y, 63072000000",
    "1w, 604800000",
    "1h5ms, 3600005",
    "' 5s ', 5000",
    "1m5ms, 60005",
    "1y1w1d1h1m1s1ms, 32230861001"
  })
  void readsWhatPeopleWrite(String text, long millis) {
    assertThat(Durations.parse(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "s",
        "5 s",
        "-5s",
        "5x",
        "1s1m",
        "1.5s",
        "5S",
        "1h1h",
        "٥s",
        "99999999999999999999s"
      })
  void refusesOtherTexts(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "1, 1ms",
    "90000, 1m30s",
    "86400000, 1d",
    "63072000000, 730d",
    "3600005, 1h5ms"
  })
  void writesThePlainestForm(long millis, String text) {
    assertThat(Durations.format(Duration.ofMillis(millis))).isEqualTo(text);
  }

  @Test
  void readsBackWhatItWrote() {
    var random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      var duration = Duration.ofMillis(random.nextLong(1L << (1 + random.nextInt(44))));

      assertThat(Durations.parse(Durations.format(duration))).contains(duration);
    }
  }
}
