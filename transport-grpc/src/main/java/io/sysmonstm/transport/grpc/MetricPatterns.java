package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.Series;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a stream that have been parsed, in the order in which they come. Bounded; what is
 * beyond the bound is parsed each time. Confined to the stream's thread.
 */
final class MetricPatterns {
  private static final int MAX_PATTERNS = 2_000;

  private final Map<Series, MetricPattern> bySeries = new HashMap<>();
  private @Nullable MetricPattern last;

  /** {@return the pattern that a message should be of, by what came before it} */
  @Nullable MetricPattern expected() {
    return last == null ? null : last.next();
  }

  /** Says that the expected one came. */
  void came(MetricPattern pattern) {
    last = pattern;
  }

  /** Learns what a message means that had to be parsed, and that it follows the one before it. */
  void parsed(byte[] message, MachineFeed feed, Series series) {
    var pattern = bySeries.get(series);
    if (pattern == null || !pattern.matches(message)) {
      pattern = learn(message, feed, series, pattern);
    }
    if (pattern != null) {
      if (last != null) {
        last.setNext(pattern);
      }
      last = pattern;
    }
  }

  private @Nullable MetricPattern learn(
      byte[] message, MachineFeed feed, Series series, @Nullable MetricPattern before) {
    if (before == null && bySeries.size() >= MAX_PATTERNS) {
      return null;
    }
    var learnt = MetricPattern.of(message, feed, series);
    if (learnt == null) {
      return before;
    }
    bySeries.put(series, learnt);
    return learnt;
  }

  void clear() {
    bySeries.clear();
    last = null;
  }
}
