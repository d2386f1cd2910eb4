package io.sysmonstm.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimesTest {
  @Test
  void anyTimeReadsAsTheFormatterWritesIt() {
    var formatter = new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
    var random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      var time =
          Instant.ofEpochSecond(
              random.nextLong(-70_000_000_000L, 260_000_000_000L), random.nextInt(1_000_000_000));
      assertThat(ValueWriter.time(time)).isEqualTo(formatter.format(time));
    }
  }

  @Test
  void theEdgesOfADayAndOfFourDigits() {
    assertThat(ValueWriter.time(Instant.parse("2026-02-28T23:59:59.999999999Z")))
        .isEqualTo("2026-02-28T23:59:59.999Z");
    assertThat(ValueWriter.time(Instant.parse("2026-03-01T00:00:00Z")))
        .isEqualTo("2026-03-01T00:00:00.000Z");
    assertThat(ValueWriter.time(Instant.ofEpochMilli(-1))).isEqualTo("1969-12-31T23:59:59.999Z");
    assertThat(ValueWriter.time(Instant.parse("9999-12-31T23:59:59.999Z")))
        .isEqualTo("9999-12-31T23:59:59.999Z");
    assertThat(ValueWriter.time(Instant.parse("+10000-01-01T00:00:00Z")))
        .isEqualTo("+10000-01-01T00:00:00.000Z");
    assertThat(ValueWriter.time(Instant.parse("0000-01-01T00:00:00Z")))
        .isEqualTo("0000-01-01T00:00:00.000Z");
  }
}
