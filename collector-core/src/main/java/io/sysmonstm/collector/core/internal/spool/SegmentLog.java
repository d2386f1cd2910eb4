package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.collector.core.internal.spool.SpoolLosses.Reason;
import io.sysmonstm.spi.EventLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a spool, oldest first; the last one may be open for writing. Guarded by its
 * owner.
 */
final class SegmentLog {
  private static final long GREATEST_SEGMENT_BYTES = 4L << 20;
  private static final long LEAST_SEGMENT_BYTES = 16L << 10;
  private static final EventLog LOG = EventLog.of(SegmentLog.class);

  private final FileStore files;
  private final DamagedBytes damaged;
  private final SpoolLosses losses;
  private final long maxBytes;
  private final long maxAgeMillis;
  private final long segmentBytes;
  private final TreeMap<Long, Segment> segments;
  private long nextId;
  private long bytes;
  private @Nullable Segment active;
  private @Nullable StoredFile activeFile;

  SegmentLog(
      FileStore files,
      SpoolBounds bounds,
      DamagedBytes damaged,
      SpoolLosses losses,
      SegmentSearch.Found found) {
    this.files = files;
    this.damaged = damaged;
    this.losses = losses;
    this.maxBytes = bounds.maxBytes();
    this.maxAgeMillis = bounds.maxAge().toMillis();
    this.segmentBytes = Math.clamp(maxBytes / 8, LEAST_SEGMENT_BYTES, GREATEST_SEGMENT_BYTES);
    this.segments = found.segments();
    this.nextId = found.nextId();
    segments.values().forEach(segment -> bytes += segment.bytes());
  }

  /**
   * Writes a record.
   *
   * @throws IOException where the disk does not take it; then none of it counts
   */
  void append(Batch batch, ByteBuffer encoded, long nowMillis) throws IOException {
    int length = encoded.remaining();
    if (active != null && !takes(active, batch, length, nowMillis)) {
      seal();
    }
    dropOlderThan(nowMillis - maxAgeMillis);
    int needed = length + (active == null ? SegmentHeader.BYTES : 0);
    while (bytes + needed > maxBytes && !segments.isEmpty()) {
      if (segments.firstEntry().getValue() == active) {
        seal();
        needed = length + SegmentHeader.BYTES;
      }
      drop(segments.firstEntry().getValue(), Reason.BYTES);
    }
    if (files.room() < needed) {
      throw new IOException("the file system has no more free than its reserve");
    }
    if (active == null || activeFile == null) {
      create(batch, nowMillis);
    }
    write(batch, encoded, length);
  }

  private boolean takes(Segment segment, Batch batch, int length, long nowMillis) {
    return segment.epoch.equals(batch.epoch())
        && segment.hasRoomFor(batch.seq())
        && segment.bytes() + length <= segmentBytes
        && Math.abs(nowMillis - segment.createdAtMillis) < Math.max(1, maxAgeMillis / 8);
  }

  private void create(Batch batch, long nowMillis) throws IOException {
    var header = new SegmentHeader(batch.epoch(), batch.seq(), nowMillis);
    var segment = new Segment(nextId++, header, SegmentHeader.BYTES);
    var file = files.create(segment.name());
    try {
      file.append(header.encode());
      files.sync();
    } catch (IOException e) {
      closeQuietly(file);
      files.delete(segment.name());
      throw e;
    }
    activeFile = file;
    active = segment;
    segments.put(segment.id, segment);
    bytes += segment.bytes();
  }

  private void write(Batch batch, ByteBuffer encoded, int length) throws IOException {
    var segment = active;
    var file = activeFile;
    if (segment == null || file == null) {
      throw new IOException("no segment is open");
    }
    try {
      file.append(encoded);
    } catch (IOException e) {
      cutOff(segment, file);
      throw e;
    }
    segment.appended(batch.seq(), length, batch.observedAtMillis());
    bytes += length;
  }

  /** Ends a segment whose last write failed, where it did some good; deletes it otherwise. */
  private void cutOff(Segment segment, StoredFile file) {
    active = null;
    activeFile = null;
    try {
      file.truncate(segment.bytes());
    } catch (IOException partIsLeft) {
      // A part of a record at the end of a segment is left out when it is read.
    }
    closeQuietly(file);
    if (segment.remaining() == 0) {
      delete(segment);
    }
  }

  private static void closeQuietly(StoredFile file) {
    try {
      file.close();
    } catch (IOException e) {
      LOG.warn("spool_close_failed", "A segment could not be closed.", e);
    }
  }

  /** Ends the segment that is written to; what it holds is made safe first. */
  void seal() {
    var file = activeFile;
    active = null;
    activeFile = null;
    if (file != null) {
      try {
        file.sync();
      } catch (IOException e) {
        LOG.warn("spool_sync_failed", "A segment could not be made safe.", e);
      }
      closeQuietly(file);
    }
  }

  /** Ends the segment that is written to if it is this one: its file cannot be trusted any more. */
  @SuppressWarnings("ReferenceEquality") // Files are themselves.
  void abandon(StoredFile file) {
    if (activeFile == file) {
      active = null;
      activeFile = null;
      closeQuietly(file);
    }
  }

  /** The file that is written to. */
  Optional<StoredFile> activeFile() {
    return Optional.ofNullable(activeFile);
  }

  boolean isActive(Segment segment) {
    return segment == active;
  }

  private void dropOlderThan(long millis) {
    while (!segments.isEmpty()) {
      var oldest = segments.firstEntry().getValue();
      if (oldest == active || oldest.newestMillis() >= millis) {
        return;
      }
      drop(oldest, Reason.AGE);
    }
  }

  private void drop(Segment segment, Reason reason) {
    if (segment.remaining() > 0) {
      losses.add(reason, samples(segment));
    }
    delete(segment);
  }

  private long samples(Segment segment) {
    long samples = 0;
    try (var scan = scan(segment)) {
      while (scan.next()) {
        if (!segment.isGone(scan.seq())) {
          samples += BatchCodec.samples(scan.payload());
        }
      }
      scan.end();
    } catch (IOException e) {
      LOG.warn("spool_read_failed", "A segment that is dropped could not be counted.", e);
      samples = Math.max(samples, segment.remaining());
    }
    return samples;
  }

  SegmentScan scan(Segment segment) throws IOException {
    return new SegmentScan(segment, files.open(segment.name()), damaged, losses);
  }

  /** The first segment from an id on, of which somebody needs something. */
  Optional<Segment> neededFrom(long id) {
    for (var segment : segments.tailMap(id, true).values()) {
      if (segment.remaining() > 0) {
        return Optional.of(segment);
      }
    }
    return Optional.empty();
  }

  /** Forgets records; returns how many somebody needed. */
  int forget(UUID epoch, List<SeqRange> ranges) {
    int forgotten = 0;
    for (var segment : segments.values()) {
      if (segment.remaining() > 0 && segment.epoch.equals(epoch)) {
        for (var range : ranges) {
          forgotten += segment.forget(range);
        }
      }
    }
    return forgotten;
  }

  /** The segments that nobody needs. */
  List<Segment> finished() {
    return segments.values().stream()
        .filter(segment -> segment.remaining() == 0 && segment != active)
        .toList();
  }

  void delete(Segment segment) {
    if (segments.remove(segment.id) == null) {
      return;
    }
    segment.setDeleted();
    bytes -= segment.bytes();
    try {
      files.delete(segment.name());
    } catch (IOException e) {
      LOG.warn("spool_delete_failed", "A segment is left behind.", e, "file", segment.name());
    }
  }

  /** The numbers of the records that are still there and that nobody needs. */
  Map<UUID, SeqRanges> gone() {
    var gone = new LinkedHashMap<UUID, SeqRanges>();
    for (var segment : segments.values()) {
      segment.addGoneTo(gone.computeIfAbsent(segment.epoch, none -> new SeqRanges()));
    }
    return gone;
  }

  /** The last number of an epoch that is there, 0 where there is none. */
  long lastSeq(UUID epoch) {
    long last = 0;
    for (var segment : segments.values()) {
      if (segment.epoch.equals(epoch)) {
        last = Math.max(last, segment.lastSeq());
      }
    }
    return last;
  }

  int remaining() {
    int remaining = 0;
    for (var segment : segments.values()) {
      remaining += segment.remaining();
    }
    return remaining;
  }

  long bytes() {
    return bytes;
  }
}
