package io.sysmonstm.store.embedded;

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

  private static final Instant LATEST = Instant.ofEpochMilli(Span.MAX_MILLIS);

  private final TimeSource time;
  private final long startNanos;
  private long points;

  QueryBudget(TimeSource time) {
    this.time = time;
    this.startNanos = time.nanoTime();
  }

  /** Refuses a question that has no answer, or too great a one whatever is stored. */
  static void check(HistoryQuery query) {
    if (!query.from().isBefore(query.to())) {
      throw refused(
          "history from %s to %s: expected a begin before the end"
              .formatted(query.from(), query.to()));
    }
    if (query.from().isBefore(Instant.EPOCH) || query.to().isAfter(LATEST)) {
      throw refused(
          "history from %s to %s: expected times from the years 1970 to 9999"
              .formatted(query.from(), query.to()));
    }
    if (query.maxPoints() < 1 || query.maxPoints() > MAX_POINTS_PER_SERIES) {
      throw refused(
          "history of at most %d points a series: expected 1 to %d; for more, ask for shorter spans one by one"
              .formatted(query.maxPoints(), MAX_POINTS_PER_SERIES));
    }
    query
        .step()
        .filter(step -> step.compareTo(Duration.ofMillis(1)) < 0)
        .ifPresent(
            step -> {
              throw refused("history in steps of %s: expected 1 ms or more".formatted(step));
            });
  }

  /** Refuses a span of more buckets than a series may have points. */
  void checkBuckets(Span span, Duration step) {
    long buckets = (span.toMillis() - span.fromMillis()) / step.toMillis();
    if (buckets > MAX_POINTS_PER_SERIES) {
      throw refused(
          "history in %d steps of %s: expected at most %d; ask for wider steps or a shorter span"
              .formatted(buckets, step, MAX_POINTS_PER_SERIES));
    }
  }

  /** Starts to count points anew. */
  void restart() {
    points = 0;
  }

  void spendPoints(int more) {
    points += more;
    if (points > MAX_POINTS) {
      throw refused(
          "history of more than %d points: expected fewer; name machines or labels, ask for fewer points a series or a shorter span"
              .formatted(MAX_POINTS));
    }
  }

  void checkTime() {
    if (time.nanoTime() - startNanos > DEADLINE.toNanos()) {
      throw new RequestException(
          ErrorCode.DEADLINE_EXCEEDED,
          "history did not answer within %d s: name machines or labels, or ask for a shorter span"
              .formatted(DEADLINE.toSeconds()));
    }
  }

  private static RequestException refused(String problem) {
    return new RequestException(ErrorCode.INVALID_ARGUMENT, problem);
  }
}
