package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource({
    "/*, /, true",
    "/*, /home/a, true",
    "/*, home, false",
    "/home, /home, true",
    "/home, /home2, false",
    "web-?, web-1, true",
    "web-?, web-12, false",
    "web-?, web-, false",
    "*, anything, true",
    "a*b*c, aXbbXc, true",
    "a*b*c, aXcb, false",
    "*.de, x.de.de, true",
    "[ab], a, false",
    "[ab], [ab], true",
    "a.c, abc, false",
  })
  void matches(String pattern, String text, boolean expected) {
    assertThat(Glob.of(pattern).matches(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"*, ''", "**, ''", "'', ''"})
  void matchesTheEmptyText(String pattern, String text) {
    assertThat(Glob.of(pattern).matches(text)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"a*a*a*a*a*a*a*a*a*b"})
  void isQuickWithHostilePatterns(String pattern) {
    assertThat(Glob.of(pattern).matches("a".repeat(50_000))).isFalse();
  }
}
