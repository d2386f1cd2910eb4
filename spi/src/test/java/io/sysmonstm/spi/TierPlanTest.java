package io.sysmonstm.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Durations;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.Resolution;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TierPlanTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration RAW = Duration.ofDays(2);
  private static final Duration MINUTES = Duration.ofDays(30);

  @ParameterizedTest
  @CsvSource({
    "1h, 1000, RAW, 5s",
    "15m, 1000, RAW, 1s",
    "6h, 1000, RAW, 30s",
    "12h, 1000, MINUTE, 1m",
    "24h, 1000, MINUTE, 2m",
    "47h, 100, MINUTE, 30m",
    "47h, 40, HOUR, 2h",
    "7d, 1000, MINUTE, 15m",
    "7d, 100000, MINUTE, 1m",
    "20d, 300, HOUR, 2h",
    "60d, 100000, HOUR, 1h",
    "60d, 1000, HOUR, 2h",
    "700d, 100, HOUR, 7d",
    "700d, 10, HOUR, 70d"
  })
  void takesTheNarrowestStepThatKeepsToThePoints(
      String span, int maxPoints, Resolution tier, String step) {
    var query = since(span).maxPoints(maxPoints).build();

    assertThat(plan(query)).isEqualTo(new TierPlan(tier, Durations.parse(step).orElseThrow()));
  }

  @ParameterizedTest
  @CsvSource({
    "1h, 7s, RAW, 7s",
    "1h, 90s, RAW, 90s",
    "1h, 1m, MINUTE, 1m",
    "1h, 5m, MINUTE, 5m",
    "1h, 1h, HOUR, 1h",
    "24h, 1d, HOUR, 1d",
    "7d, 30s, MINUTE, 1m",
    "7d, 90s, MINUTE, 2m",
    "7d, 1h, HOUR, 1h",
    "60d, 1m, HOUR, 1h",
    "60d, 90m, HOUR, 2h"
  })
  void takesTheStepThatWasAskedForRoundedUpToWholeRollups(
      String span, String asked, Resolution tier, String step) {
    var query = since(span).step(Durations.parse(asked).orElseThrow()).build();

    assertThat(plan(query)).isEqualTo(new TierPlan(tier, Durations.parse(step).orElseThrow()));
  }

  @Test
  void neverPlansMoreBucketsThanAskedForOrATierThatIsGone() {
    var random = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      var from = NOW.minusSeconds(1 + random.nextInt(700 * 86_400));
      var to = from.plusSeconds(1 + random.nextInt(700 * 86_400));
      var query = HistoryQuery.builder("x", from, to).maxPoints(1 + random.nextInt(2_000)).build();
      var plan = plan(query);

      long buckets = Math.ceilDiv(Duration.between(from, to).toMillis(), plan.step().toMillis());
      assertThat(buckets).isLessThanOrEqualTo(query.maxPoints());
      if (from.isBefore(NOW.minus(RAW))) {
        assertThat(plan.resolution()).isNotEqualTo(Resolution.RAW);
      }
      if (from.isBefore(NOW.minus(MINUTES))) {
        assertThat(plan.resolution()).isEqualTo(Resolution.HOUR);
      }
      if (plan.resolution() != Resolution.RAW) {
        assertThat(plan.step().toMillis() % plan.resolution().bucket().toMillis()).isZero();
      }
    }
  }

  private static HistoryQuery.Builder since(String span) {
    return HistoryQuery.builder("x", NOW.minus(Durations.parse(span).orElseThrow()), NOW);
  }

  private static TierPlan plan(HistoryQuery query) {
    return TierPlan.of(query, NOW, RAW, MINUTES);
  }
}
