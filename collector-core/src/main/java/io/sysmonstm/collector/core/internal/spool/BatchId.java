package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRange;
import java.util.List;
import java.util.UUID;

/**
 * What names a batch of a machine for life.
 *
 * @param epoch the numbering
 * @param seq the number in it, from 1
 */
public record BatchId(UUID epoch, long seq) {
  static BatchId of(Batch batch) {
    return new BatchId(batch.epoch(), batch.seq());
  }

  boolean isIn(UUID of, List<SeqRange> ranges) {
    return epoch.equals(of) && ranges.stream().anyMatch(range -> range.contains(seq));
  }
}
