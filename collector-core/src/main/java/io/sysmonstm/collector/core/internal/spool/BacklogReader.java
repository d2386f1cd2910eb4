package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.collector.core.internal.spool.SpoolLosses.Reason;
import io.sysmonstm.spi.EventLog;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads batches back from the segments, one by one and in the order they were written; one file
 * open, a few pages in memory. Guarded by its owner.
 */
final class BacklogReader {
  private static final EventLog LOG = EventLog.of(BacklogReader.class);

  private final SegmentLog log;
  private final BatchCodec codec;
  private final String machineId;
  private final SpoolLosses losses;
  private long nextId;
  private @Nullable SegmentScan current;

  BacklogReader(SegmentLog log, BatchCodec codec, String machineId, SpoolLosses losses) {
    this.log = log;
    this.codec = codec;
    this.machineId = machineId;
    this.losses = losses;
  }

  /** The next batch that somebody needs, but for some. */
  Optional<Batch> next(Predicate<BatchId> except) {
    while (true) {
      var scan = current;
      if (scan == null || scan.segment().isDeleted()) {
        scan = open();
      }
      if (scan == null) {
        return Optional.empty();
      }
      try {
        while (scan.next()) {
          var batch = batch(scan, except);
          if (batch.isPresent()) {
            return batch;
          }
        }
        if (log.isActive(scan.segment())) {
          return Optional.empty();
        }
        scan.end();
      } catch (IOException e) {
        LOG.warn("spool_read_failed", "A segment is left out for now.", e, "id", scan.segment().id);
      }
      close();
    }
  }

  private @Nullable SegmentScan open() {
    close();
    while (true) {
      var segment = log.neededFrom(nextId);
      if (segment.isEmpty()) {
        return null;
      }
      nextId = segment.get().id + 1;
      try {
        current = log.scan(segment.get());
        return current;
      } catch (IOException e) {
        LOG.warn("spool_read_failed", "A segment is left out for now.", e, "id", nextId - 1);
      }
    }
  }

  private Optional<Batch> batch(SegmentScan scan, Predicate<BatchId> except) {
    var segment = scan.segment();
    long seq = scan.seq();
    if (segment.isGone(seq) || except.test(new BatchId(segment.epoch, seq))) {
      return Optional.empty();
    }
    int samples = BatchCodec.samples(scan.payload());
    var batch = codec.decode(seq, scan.payload());
    if (batch.isPresent() && batch.get().machineId().equals(machineId)) {
      return batch;
    }
    log.forget(segment.epoch, List.of(new SeqRange(seq, seq)));
    losses.add(batch.isEmpty() ? Reason.CORRUPT : Reason.FOREIGN, samples);
    return Optional.empty();
  }

  /** Begins again with the oldest batch. */
  void rewind() {
    close();
    nextId = 0;
  }

  void close() {
    var scan = current;
    current = null;
    if (scan != null) {
      scan.close();
    }
  }
}
