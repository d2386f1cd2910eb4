package io.sysmonstm.store.timescale;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** How long a question may take and how much it may bring back. Confined to one thread. */
final class QueryBudget {
  static final int MAX_POINTS_PER_SERIES = 50_000;
  static final int MAX_POINTS = 1_000_000;
  static final Duration DEADLINE = Duration.ofSeconds(10);

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

  private final TimeSource time;
  private final long startNanos;
  private int points;

  QueryBudget(TimeSource time) {
    this.time = time;
    this.startNanos = time.nanoTime();
  }

  /** Refuses a question that has no answer, or too great a one whatever is stored. */
  static void check(HistoryQuery query) {
    require(query.from().isBefore(query.to()), query, "a begin before the end");
    require(
        !query.from().isBefore(Instant.EPOCH) && !query.to().isAfter(LATEST),
        query,
        "times from the years 1970 to 9999");
    require(
        query.maxPoints() >= 1 && query.maxPoints() <= MAX_POINTS_PER_SERIES,
        query,
        "1 to %d points a series; for more, ask for shorter spans one by one"
            .formatted(MAX_POINTS_PER_SERIES));
    require(
        query.step().filter(step -> step.toMillis() < 1).isEmpty(), query, "steps of 1 ms or more");
  }

  /** Refuses a span of more buckets than a series may have points. */
  static void checkBuckets(HistoryQuery query, Duration step) {
    long span = Duration.between(query.from(), query.to()).toMillis();
    require(
        span / step.toMillis() <= MAX_POINTS_PER_SERIES,
        query,
        "at most %d steps; ask for wider steps or a shorter span".formatted(MAX_POINTS_PER_SERIES));
  }

  /** Begins to count anew. */
  void restart() {
    points = 0;
  }

  /** Counts one more point. */
  void spendPoint() {
    if (++points > MAX_POINTS) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "history of more than %d points: expected fewer; name machines or labels, ask for fewer points a series or a shorter span"
              .formatted(MAX_POINTS));
    }
    if ((points & 0xfff) == 0) {
      checkTime();
    }
  }

  void checkTime() {
    if (time.nanoTime() - startNanos > DEADLINE.toNanos()) {
      throw tooSlow();
    }
  }

  static RequestException tooSlow() {
    return new RequestException(
        ErrorCode.DEADLINE_EXCEEDED,
        "history did not answer within %d s: name machines or labels, or ask for a shorter span"
            .formatted(DEADLINE.toSeconds()));
  }

  private static void require(boolean holds, HistoryQuery query, String expected) {
    if (!holds) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "history of %d points from %s to %s%s: expected %s"
              .formatted(
                  query.maxPoints(),
                  query.from(),
                  query.to(),
                  query.step().map(step -> " in steps of " + step).orElse(""),
                  expected));
    }
  }
}
