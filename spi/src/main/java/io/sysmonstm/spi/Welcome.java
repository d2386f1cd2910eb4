package io.sysmonstm.spi;

import io.sysmonstm.api.SeqRanges;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * How an aggregator answers a {@link Hello}.
 *
 * @param committed what history already has of the machine, by epoch
 * @param serverTime by the aggregator's clock
 * @param maxBatchSamples the most samples of a batch
 * @param maxSeries the most series of a machine
 */
public record Welcome(
    Map<UUID, SeqRanges> committed, Instant serverTime, int maxBatchSamples, int maxSeries) {
  /** Copies the map. */
  public Welcome {
    committed = Map.copyOf(committed);
  }
}
