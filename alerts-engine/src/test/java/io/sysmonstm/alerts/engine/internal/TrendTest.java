package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Operator;
import io.sysmonstm.api.Rule;
import java.time.Duration;
import java.util.Random;
import java.util.function.LongToDoubleFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the line leads, in hours from the begin; a sample comes each minute, over is six hours. */
class TrendTest {
  private static final long START = 1_767_225_600_000L;
  private static final long STEP = 60_000;
  private static final long GAP = 180_000;
  private static final double HOUR = 3_600_000;

  private Trend trend = trend(Operator.GTE, 100);
  private boolean firing;
  private double last = Double.NaN;

  private static Trend trend(Operator operator, double threshold) {
    return new Trend(
        new Rule.Forecast(
            "disk_percent",
            operator,
            threshold,
            threshold,
            Duration.ofHours(24),
            Duration.ofHours(6)));
  }

  /** Feeds from one hour to another. */
  private void feed(double fromHour, double toHour, LongToDoubleFunction value) {
    for (long at = Math.round(fromHour * HOUR); at < toHour * HOUR; at += STEP) {
      last = trend.take(START + at, value.applyAsDouble(at), GAP, firing);
    }
  }

  private static LongToDoubleFunction rising(double from, double perHour) {
    return at -> from + perHour * at / HOUR;
  }

  @Test
  void saysNothingUntilSamplesCoverHalfOfTheTime() {
    feed(0, 2.9, rising(50, 3));
    assertThat(last).isNaN();
    feed(2.9, 3.3, rising(50, 3));
    assertThat(last).isCloseTo(50 + 3 * (3.3 + 24), Offset.offset(0.2));
  }

  @Test
  void tellsWhenTheThresholdIsCrossed() {
    feed(0, 6, rising(50, 2));
    assertThat(last).isCloseTo(110, Offset.offset(0.2));
    assertThat(trend.etaMillis() / HOUR).isCloseTo(19, Offset.offset(0.1));
  }

  @Test
  void leadsNowhereForAFlatSeries() {
    feed(0, 8, rising(95, 0));
    assertThat(last).isEqualTo(95);
    assertThat(trend.etaMillis()).isNaN();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void leadsNowhereForNoise(long seed) {
    var random = new Random(seed);
    for (double hour = 0; hour < 72; hour += 0.25) {
      feed(hour, hour + 0.25, at -> Math.clamp(90 + 3 * random.nextGaussian(), 70, 99));
      assertThat(last)
          .as("seed %d, hour %s", seed, hour)
          .satisfiesAnyOf(
              value -> assertThat(value).isNaN(), value -> assertThat(value).isLessThan(100));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void seesASlopeThroughNoise(long seed) {
    var random = new Random(seed);
    feed(0, 6, at -> 60 + 2 * at / HOUR + random.nextGaussian());
    assertThat(last).as("seed %d", seed).isBetween(112.0, 128.0);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.2, 0.5, 1})
  void doesNotTakeAStepForASlope(double hours) {
    feed(0, 4, rising(50, 0));
    for (double hour = 4; hour < 12; hour += 0.05) {
      feed(hour, hour + 0.05, at -> 50 + 20 * Math.clamp((at / HOUR - 4) / hours, 0, 1));
      assertThat(last)
          .as("hour %s", hour)
          .satisfiesAnyOf(
              value -> assertThat(value).isNaN(), value -> assertThat(value).isLessThan(100));
    }
  }

  @Test
  void beginsAnewWhenFilesAreDeleted() {
    feed(0, 6, rising(50, 3));
    firing = true;
    assertThat(last).isGreaterThan(100);
    feed(6, 6.05, at -> 40 + 3 * (at / HOUR - 6));
    assertThat(last).as("leads nowhere at once").isBetween(40.0, 41.0);
    firing = false;
    feed(6.05, 9.4, at -> 40 + 3 * (at / HOUR - 6));
    assertThat(last).as("and then by the new line").isCloseTo(40 + 3 * 27.4, Offset.offset(0.5));
  }

  @Test
  void endsSoonWhenFilesAreDeletedOneByOne() {
    feed(0, 6, rising(50, 3));
    firing = true;
    feed(6, 6.5, at -> 68 - 40 * (at / HOUR - 6));
    assertThat(last).isLessThan(68);
  }

  @Test
  void forgetsWhatWasBeforeAJumpTowardsTheThreshold() {
    feed(0, 6, rising(50, 0.1));
    feed(6, 6.5, rising(80, 0.1));
    assertThat(last).isNaN();
  }

  @Test
  void fitsOverWhatAGapLeaves() {
    feed(0, 3, rising(50, 3));
    feed(4, 6, rising(50, 3));
    assertThat(last).isCloseTo(50 + 3 * 30, Offset.offset(0.3));
  }

  @Test
  void saysNothingWhereGapsLeaveTooLittle() {
    feed(0, 6, rising(50, 3));
    assertThat(last).isGreaterThan(100);
    feed(10.5, 11, rising(50, 3));
    assertThat(last).isNaN();
  }

  @Test
  void looksDownAsWellAsUp() {
    trend = trend(Operator.LTE, 0);
    feed(0, 6, rising(90, -5));
    assertThat(last).isCloseTo(90 - 5 * 30, Offset.offset(0.3));
    assertThat(trend.etaMillis() / HOUR).isCloseTo(12, Offset.offset(0.1));
  }

  @Test
  void staysWithALineThatFiresWhereItWouldNotBeginWithIt() {
    feed(0, 6, rising(50, 3));
    firing = true;
    feed(6, 8.5, rising(68, 0));
    double whileFiring = last;
    trend = trend(Operator.GTE, 100);
    firing = false;
    feed(0, 6, rising(50, 3));
    feed(6, 8.5, rising(68, 0));
    assertThat(whileFiring).isGreaterThan(last);
  }
}
