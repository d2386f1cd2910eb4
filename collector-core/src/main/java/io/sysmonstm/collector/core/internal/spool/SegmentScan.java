package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.SeqRange;
import io.sysmonstm.collector.core.internal.spool.SpoolLosses.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Goes through the records of one segment in order, and learns of it on the way: numbers that are
 * not there are forgotten, damage is set aside and counted, once. Guarded by its owner.
 */
final class SegmentScan implements AutoCloseable {
  private final Segment segment;
  private final RecordReader reader;
  private final DamagedBytes damaged;
  private final SpoolLosses losses;
  private long lastSeq;
  private int lastSamples;
  private boolean damageBefore;

  SegmentScan(Segment segment, StoredFile file, DamagedBytes damaged, SpoolLosses losses) {
    this.segment = segment;
    this.reader = new RecordReader(file, segment.start);
    this.damaged = damaged;
    this.losses = losses;
    this.lastSeq = segment.firstSeq - 1;
  }

  Segment segment() {
    return segment;
  }

  /** Goes to the next record. */
  boolean next() throws IOException {
    while (reader.next(segment.bytes())) {
      long seq = reader.seq();
      noteDamage();
      boolean fits =
          seq > lastSeq
              && seq - segment.firstSeq < Segment.MAX_SPAN
              && BatchCodec.epoch(reader.payload()).equals(segment.epoch);
      if (fits) {
        lastSamples = BatchCodec.samples(reader.payload());
        int missing = missing(lastSeq + 1, seq - 1);
        if (damageBefore) {
          losses.add(Reason.CORRUPT, (long) missing * lastSamples);
          damageBefore = false;
        }
        lastSeq = seq;
        return true;
      }
      damageBefore = true;
    }
    noteDamage();
    return false;
  }

  /** Says that nothing can follow any more: what was expected behind the last record is missing. */
  void end() {
    int missing = missing(lastSeq + 1, segment.lastSeq());
    if (damageBefore) {
      losses.add(Reason.CORRUPT, (long) missing * Math.max(1, lastSamples));
      damageBefore = false;
    }
  }

  private int missing(long first, long last) {
    return first > last ? 0 : segment.forget(new SeqRange(first, last));
  }

  private void noteDamage() {
    long bytes = reader.damageBytes();
    if (bytes > 0 && segment.isNewDamage(reader.damageStart())) {
      damageBefore = true;
      damaged.keep(
          "%016x-%08x.bad".formatted(segment.id, reader.damageStart()),
          reader.file(),
          reader.damageStart(),
          bytes);
    }
  }

  long seq() {
    return reader.seq();
  }

  ByteBuffer payload() {
    return reader.payload();
  }

  @Override
  public void close() {
    reader.close();
  }
}
