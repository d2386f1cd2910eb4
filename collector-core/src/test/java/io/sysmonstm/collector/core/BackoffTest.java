package io.sysmonstm.collector.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void theLimitDoublesFromOneSecondToSixty() {
    long[] limits = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    for (int round = 0; round < 200; round++) {
      var backoff = new Backoff(new Random(round));
      for (long limit : limits) {
        assertThat(backoff.nextNanos()).isBetween(0L, limit * SECOND);
      }
    }
  }

  @Test
  void timesAreSpreadOverTheWholeRange() {
    var random = new Random(42);
    var first =
        LongStream.generate(() -> new Backoff(random).nextNanos()).limit(1_000).summaryStatistics();
    assertThat(first.getMin()).isLessThan(SECOND / 20);
    assertThat(first.getMax()).isGreaterThan(SECOND * 19 / 20);
    assertThat(first.getAverage()).isBetween(SECOND * 0.45, SECOND * 0.55);
  }

  @Test
  void staysAtTheGreatestTimeForEver() {
    var backoff = new Backoff(RandomGenerator.of("L64X128MixRandom"));
    for (int i = 0; i < 10_000; i++) {
      assertThat(backoff.nextNanos()).isBetween(0L, 60 * SECOND);
    }
  }

  @Test
  void beginsAnewAfterAreset() {
    var backoff = new Backoff(new Random(1));
    for (int i = 0; i < 10; i++) {
      backoff.nextNanos();
    }
    backoff.reset();
    assertThat(backoff.nextNanos()).isLessThanOrEqualTo(SECOND);
  }
}
