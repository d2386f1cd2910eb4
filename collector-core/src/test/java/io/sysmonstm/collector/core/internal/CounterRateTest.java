package io.sysmonstm.collector.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CounterRateTest {
  private static final long SECOND = 1_000_000_000L;

  private final CounterRate rate = new CounterRate();

  @Test
  void theFirstReadingHasNoRate() {
    assertThat(rate.update(1_000, -5 * SECOND)).isFalse();
  }

  @Test
  void tellsTheGrowthPerSecond() {
    rate.update(1_000, -2 * SECOND);
    assertThat(rate.update(1_500, 3 * SECOND)).isTrue();
    assertThat(rate.perSecond()).isEqualTo(100);
    assertThat(rate.update(1_500, 4 * SECOND)).isTrue();
    assertThat(rate.perSecond()).isZero();
  }

  @Test
  void acounterThatGoesBackwardsHasNoRateUntilTheNextReading() {
    rate.update(1_000, 0);
    assertThat(rate.update(10, SECOND)).isFalse();
    assertThat(rate.update(30, 2 * SECOND)).isTrue();
    assertThat(rate.perSecond()).isEqualTo(20);
  }

  @Test
  void readingsInQuickSuccessionAreLeftOut() {
    rate.update(1_000, 0);
    assertThat(rate.update(1_000, SECOND / 10)).isFalse();
    assertThat(rate.update(1_200, 2 * SECOND)).isTrue();
    assertThat(rate.perSecond()).isEqualTo(100);
  }

  @Test
  void anUnknownTotalBeginsAnew() {
    rate.update(1_000, 0);
    assertThat(rate.update(-1, SECOND)).isFalse();
    assertThat(rate.update(5_000, 2 * SECOND)).isFalse();
    assertThat(rate.update(5_007, 3 * SECOND)).isTrue();
    assertThat(rate.perSecond()).isEqualTo(7);
  }
}
