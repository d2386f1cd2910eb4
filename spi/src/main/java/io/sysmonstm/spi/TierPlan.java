package io.sysmonstm.spi;

import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.Resolution;
import java.time.Duration;
import java.time.Instant;

/**
 * Which tier answers a question in buckets, and how wide these are. The same in every store, so
 * that a chart looks the same on each.
 *
 * @param resolution the tier to read
 * @param step the width of a bucket: a whole number of the tier's rollups
 */
public record TierPlan(Resolution resolution, Duration step) {
  /** Widths that people find on an axis, in seconds; wider ones are whole days. */
  private static final long[] STEPS_SECONDS = {
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400
  };

  /**
   * Returns the plan for a question that raw samples cannot answer one by one.
   *
   * @param query what is asked
   * @param now the present time
   * @param rawRetention how long raw samples are kept
   * @param minuteRetention how long rollups of one minute are kept
   * @return the step that was asked for, rounded up to whole rollups, or the narrowest that keeps
   *     to the most points; and the coarsest tier whose rollups fit into it and that still reaches
   *     back to the begin, or the hour tier
   */
  public static TierPlan of(
      HistoryQuery query, Instant now, Duration rawRetention, Duration minuteRetention) {
    var span = Duration.between(query.from(), query.to());
    var wanted = query.step().orElseGet(() -> niceStep(span, query.maxPoints()));
    var finest = Resolution.RAW;
    if (query.from().isBefore(now.minus(rawRetention))) {
      finest =
          query.from().isBefore(now.minus(minuteRetention)) ? Resolution.HOUR : Resolution.MINUTE;
    }
    var coarsest = Resolution.RAW;
    for (var tier : Resolution.values()) {
      if (tier != Resolution.RAW && isMultiple(wanted, tier.bucket())) {
        coarsest = tier;
      }
    }
    var tier = coarsest.compareTo(finest) > 0 ? coarsest : finest;
    return new TierPlan(tier, tier == Resolution.RAW ? wanted : roundUp(wanted, tier.bucket()));
  }

  private static Duration niceStep(Duration span, int maxPoints) {
    long least = Math.ceilDiv(Math.max(1, span.toMillis()), maxPoints * 1000L);
    for (long step : STEPS_SECONDS) {
      if (step >= least) {
        return Duration.ofSeconds(step);
      }
    }
    return Duration.ofDays(Math.ceilDiv(least, 86_400));
  }

  private static boolean isMultiple(Duration step, Duration bucket) {
    return step.compareTo(bucket) >= 0 && step.toMillis() % bucket.toMillis() == 0;
  }

  private static Duration roundUp(Duration step, Duration bucket) {
    return bucket.multipliedBy(Math.ceilDiv(step.toMillis(), bucket.toMillis()));
  }
}
