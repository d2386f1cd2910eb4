package io.sysmonstm.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTest {
  private final Setting<Duration> ttl =
      Setting.duration("current.ttl", "How long.").withDefault("5m");

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "512, 512",
    "1B, 1",
    "1KiB, 1024",
    "128 MiB, 134217728",
    "2GiB, 2147483648",
    "1TiB, 1099511627776",
    "1kB, 1000",
    "1KB, 1000",
    "5MB, 5000000",
    "1GB, 1000000000",
    "1TB, 1000000000000",
    "' 64MiB ', 67108864"
  })
  void readsSizes(String text, long bytes) {
    assertThat(Setting.size("s", "A size.").parse(text)).contains(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1.5MiB", "1 mib", "MiB", "9999999999TiB", "1234567890123456"})
  void refusesOtherSizes(String text) {
    assertThat(Setting.size("s", "A size.").parse(text)).isEmpty();
  }

  @Test
  void readsWholeNumbersInTheirRange() {
    var number = Setting.number("n", "A number.", 1, 10);

    assertThat(number.parse(" 1 ")).contains(1);
    assertThat(number.parse("10")).contains(10);
    assertThat(number.parse("0")).isEmpty();
    assertThat(number.parse("11")).isEmpty();
    assertThat(number.parse("x")).isEmpty();
    assertThat(number.parse("99999999999")).isEmpty();
    assertThat(number.expected()).isEqualTo("a whole number from 1 to 10");
  }

  @Test
  void readsFlagsListsPathsAndTexts() {
    assertThat(Setting.flag("f", "A flag.").parse("true")).contains(true);
    assertThat(Setting.flag("f", "A flag.").parse("false")).contains(false);
    assertThat(Setting.flag("f", "A flag.").parse("yes")).isEmpty();
    assertThat(Setting.list("l", "A list.").parse(" a, b ,,c ")).contains(List.of("a", "b", "c"));
    assertThat(Setting.list("l", "A list.").parse("")).contains(List.of());
    assertThat(Setting.path("p", "A path.").parse("x/y")).contains(Path.of("x/y"));
    assertThat(Setting.path("p", "A path.").parse(" ")).isEmpty();
    assertThat(Setting.path("p", "A path.").parse("a\0b")).isEmpty();
    assertThat(Setting.text("t", "A text.").parse(" as it is ")).contains(" as it is ");
  }

  @Test
  void keepsWhatItIsWhenItGetsADefaultOrBecomesASecret() {
    var secret = ttl.asSecret();

    assertThat(secret.secret()).isTrue();
    assertThat(ttl.secret()).isFalse();
    assertThat(secret.defaultText()).contains("5m");
    assertThat(secret.withDefault("6m").secret()).isTrue();
    assertThat(secret.key()).isEqualTo("current.ttl");
    assertThat(secret.help()).isEqualTo("How long.");
    assertThat(secret).hasToString("current.ttl");
  }

  @Test
  void ofAMapHasItsValueElseItsDefault() {
    assertThat(Settings.of(Map.of("current.ttl", "7s")).get(ttl)).isEqualTo(Duration.ofSeconds(7));
    assertThat(Settings.of(Map.of()).get(ttl)).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void withoutValueAndDefaultIsNotFound() {
    var token = Setting.text("token", "A token.");

    assertThat(Settings.of(Map.of()).find(token)).isEmpty();
    assertThatExceptionOfType(NoSuchElementException.class)
        .isThrownBy(() -> Settings.of(Map.of()).get(token));
  }

  @Test
  void ofABadValueSaysWhatWasExpected() {
    var settings = Settings.of(Map.of("current.ttl", "soon"));

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> settings.get(ttl))
        .withMessage("current.ttl is 'soon': expected a duration such as 5s, 1m30s or 24h");
  }
}
