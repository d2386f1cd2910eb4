package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Operator;
import io.sysmonstm.api.Rule;
import java.time.Duration;
import java.util.function.LongToDoubleFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DifferenceTest {
  private static final long START = 1_767_225_600_123L;

  private Difference difference = difference(Duration.ofMinutes(10));
  private double last = Double.NaN;

  private static Difference difference(Duration over) {
    return new Difference(new Rule.Change("agent_dropped", Operator.GT, 0, 0, over));
  }

  private void feed(int fromSecond, int toSecond, int step, LongToDoubleFunction value) {
    for (int at = fromSecond; at < toSecond; at += step) {
      last = difference.take(START + at * 1000L, value.applyAsDouble(at), 30_000, false);
    }
  }

  @Test
  void isNothingUntilThereIsASampleOfThatTimeAgo() {
    feed(0, 595, 5, at -> 7);
    assertThat(last).isNaN();
    feed(595, 620, 5, at -> 7);
    assertThat(last).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 7, 30, 60})
  void isTheRiseOfARisingSeries(int step) {
    feed(0, 3_000, step, at -> 0.5 * at);
    assertThat(last).isCloseTo(300, Offset.offset(0.5 * Math.max(12.5, step) / 2));
  }

  @Test
  void isExactlyZeroWhereNothingChanges() {
    feed(0, 3_000, 5, at -> 0.1 + 0.2);
    assertThat(last).isEqualTo(0.0);
  }

  @Test
  void isNothingWhereThatTimeAgoLiesInAGap() {
    feed(0, 600, 5, at -> at);
    feed(900, 1_300, 5, at -> at);
    assertThat(last).as("695 s of the gap").isNaN();
    feed(1_300, 1_600, 5, at -> at);
    assertThat(last).isCloseTo(600, Offset.offset(7.0));
  }

  @Test
  void seesAStepForAsLongAsItSays() {
    feed(0, 900, 5, at -> 0);
    feed(900, 1_480, 5, at -> 5);
    assertThat(last).isEqualTo(5);
    feed(1_480, 1_530, 5, at -> 5);
    assertThat(last).isZero();
  }

  @Test
  void takesTheShortestWindowWithSamplesFarApart() {
    difference = difference(Duration.ofSeconds(10));
    feed(0, 60, 5, at -> at);
    assertThat(last).isCloseTo(10, Offset.offset(0.3));
  }
}
