package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlertQueryTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Alert firing =
      Alert.builder("1", "a-rule", "a").state(AlertState.FIRING).startedAt(START).build();
  private final Alert resolved =
      firing.toBuilder().state(AlertState.RESOLVED).resolvedAt(START.plusSeconds(60)).build();

  @Test
  void forAllMatchesAll() {
    assertThat(AlertQuery.all().matches(firing)).isTrue();
    assertThat(AlertQuery.all().matches(resolved)).isTrue();
  }

  @Test
  void matchesAState() {
    assertThat(AlertQuery.in(AlertState.FIRING).matches(firing)).isTrue();
    assertThat(AlertQuery.in(AlertState.FIRING).matches(resolved)).isFalse();
  }

  @Test
  void matchesAMachineAndARule() {
    assertThat(query("a", "a-rule").matches(firing)).isTrue();
    assertThat(query("b", "a-rule").matches(firing)).isFalse();
    assertThat(query("a", "b-rule").matches(firing)).isFalse();
  }

  @Test
  void matchesAlertsThatWereOpenAtItsBeginOrLater() {
    assertThat(span(60, 100).matches(resolved)).isTrue();
    assertThat(span(61, 100).matches(resolved)).isFalse();
    assertThat(span(61, 100).matches(firing)).as("still open").isTrue();
  }

  @Test
  void matchesAlertsThatStartedBeforeItsEnd() {
    assertThat(span(-10, 1).matches(firing)).isTrue();
    assertThat(span(-10, 0).matches(firing)).isFalse();
  }

  private static AlertQuery query(String machine, String rule) {
    return new AlertQuery(
        Optional.empty(),
        Optional.of(machine),
        Optional.of(rule),
        Optional.empty(),
        Optional.empty());
  }

  private static AlertQuery span(int fromSecond, int toSecond) {
    return new AlertQuery(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(START.plusSeconds(fromSecond)),
        Optional.of(START.plusSeconds(toSecond)));
  }
}
