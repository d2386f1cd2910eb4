package io.sysmonstm.api;

import java.time.Duration;
import java.util.List;

/**
 * The answer to a {@link HistoryQuery}. Immutable but for the arrays in its series.
 *
 * @param resolution the tier that was read
 * @param step the width of a bucket, zero where the points are raw samples
 * @param series the series found, ordered by machine and labels
 */
public record HistoryResult(Resolution resolution, Duration step, List<HistorySeries> series) {
  /** Copies the list. */
  public HistoryResult {
    series = List.copyOf(series);
  }
}
