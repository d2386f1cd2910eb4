package io.sysmonstm.collector.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.collector.core.internal.spool.BatchId;
import io.sysmonstm.collector.core.internal.spool.Spool;
import io.sysmonstm.spi.EventLog;
import org.jspecify.annotations.Nullable;

/**
 * Finds the batch that a server refuses as malformed. From the first refusal on, batches go one by
 * one, so that the one at fault shows; at the third time it is given up, or it would block all
 * others for ever. Confined to one thread.
 */
final class Quarantine {
  private static final int MAX_STRIKES = 3;
  private static final EventLog LOG = EventLog.of(Quarantine.class);

  private final Spool spool;
  private boolean active;
  private int passed;
  private @Nullable BatchId suspect;
  private int strikes;

  Quarantine(Spool spool) {
    this.spool = spool;
  }

  /** Whether batches go one by one. */
  boolean isActive() {
    return active;
  }

  /** Says that a stream ended for a bad batch; before the spool is rewound. */
  void badBatch() {
    active = true;
    passed = 0;
    spool.onlyInFlight().ifPresent(this::strike);
  }

  private void strike(Batch batch) {
    var id = new BatchId(batch.epoch(), batch.seq());
    strikes = id.equals(suspect) ? strikes + 1 : 1;
    suspect = id;
    if (strikes >= MAX_STRIKES) {
      spool.discard(batch);
      active = false;
      strikes = 0;
      LOG.error(
          "collector_batch_discarded",
          "The aggregator refuses this batch as malformed; it is given up.",
          null,
          "batch",
          batch);
    }
  }

  /**
   * Says that history has taken batches: where these are all there were, or as many as two windows
   * hold, the one at fault is not among those that come next.
   */
  void passed(int batches, boolean all) {
    passed += batches;
    if (all || passed >= 2 * Lanes.WINDOW) {
      active = false;
    }
  }
}
