package io.sysmonstm.gateway.helidon.internal.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionTest {
  private static Optional<Subscription> read(String text) {
    return Subscription.read(text.getBytes(UTF_8));
  }

  @Test
  void narrowsByGlobs() {
    var subscription =
        read("{\"type\":\"subscribe\",\"machines\":[\"web-*\"],\"metrics\":[\"cpu_percent\",\"disk_?*\"]}")
            .orElseThrow();

    assertThat(subscription.wantsMachine("web-1")).isTrue();
    assertThat(subscription.wantsMachine("db-1")).isFalse();
    assertThat(subscription.wantsMetric("cpu_percent")).isTrue();
    assertThat(subscription.wantsMetric("disk_percent")).isTrue();
    assertThat(subscription.wantsMetric("disk_")).isFalse();
    assertThat(subscription.wantsAllMetrics()).isFalse();
  }

  @Test
  void aStarOrNothingIsAll() {
    assertThat(read("{\"type\":\"subscribe\",\"machines\":[\"*\",\"a\"]}"))
        .contains(Subscription.ALL);
  }

  @Test
  void anEmptyListIsNothing() {
    assertThat(read("{\"type\":\"subscribe\",\"machines\":[]}").orElseThrow().wantsMachine("a"))
        .isFalse();
  }

  @Test
  void twoThatWantTheSameAreEqual() {
    assertThat(read("{\"type\":\"subscribe\",\"metrics\":[\"b\",\"a\"]}"))
        .isEqualTo(read("{\"type\":\"subscribe\",\"metrics\":[\"a\",\"b\",\"a\"]}"));
  }

  private static String globs(String name, int count, String glob) {
    var list =
        IntStream.range(0, count)
            .mapToObj(i -> "\"" + glob + i + "\"")
            .collect(Collectors.joining(","));
    return "{\"type\":\"subscribe\",\"%s\":[%s]}".formatted(name, list);
  }

  @Test
  void soManyGlobsAndSoLongOnesAreUnderstoodAndMoreAreNot() {
    for (var name : List.of("machines", "metrics")) {
      assertThat(read(globs(name, 64, "web-*"))).isPresent();
      assertThat(read(globs(name, 65, "web-*"))).isEmpty();
      assertThat(read(globs(name, 1, "x".repeat(127)))).isPresent();
      assertThat(read(globs(name, 1, "x".repeat(128)))).isEmpty();
    }
  }

  @Test
  void anAnswerIsTheSameEachTimeAndBeyondThoseThatAreKept() {
    var subscription = new Subscription(List.of("m-*7", "m-12"), List.of("*"));

    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 2_000; i++) {
        assertThat(subscription.wantsMachine("m-" + i)).isEqualTo(i % 10 == 7 || i == 12);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "[]",
        "{}",
        "{\"type\":\"publish\"}",
        "{\"type\":\"subscribe\",\"machines\":\"*\"}",
        "{\"type\":\"subscribe\",\"machines\":[1]}",
        "{\"type\":\"subscribe\",\"machines\":null}",
        "{\"type\":\"subscribe\"} {}",
        "{\"type\":\"subscribe\",\"type\":\"subscribe\"}"
      })
  void anythingElseIsNoSubscription(String text) {
    assertThat(read(text)).isEmpty();
  }
}
