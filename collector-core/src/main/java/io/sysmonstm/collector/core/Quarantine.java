package io.sysmonstm.collector.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.spi.EventLog;

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
  private long suspect;
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
    spool.onlyInFlight().ifPresent(this::strike);
  }

  private void strike(Batch batch) {
    strikes = batch.seq() == suspect ? strikes + 1 : 1;
    suspect = batch.seq();
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

  /** Says that the spool has become empty: none of its batches was at fault. */
  void clear() {
    active = false;
  }
}
