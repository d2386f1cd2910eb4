package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.collector.core.internal.spool.SpoolLosses.Reason;
import io.sysmonstm.spi.EventLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the segments that an earlier process has left. Reads only their headers, and whole only the
 * last segment of each epoch, or what has no good header. Takes whatever lies there: what makes no
 * segment is set aside, or left alone where it has another name.
 */
final class SegmentSearch {
  private static final EventLog LOG = EventLog.of(SegmentSearch.class);

  /** What was found. */
  record Found(TreeMap<Long, Segment> segments, long nextId) {}

  private final FileStore files;
  private final DamagedBytes damaged;
  private final SpoolLosses losses;
  private final TreeMap<Long, Segment> segments = new TreeMap<>();

  SegmentSearch(FileStore files, DamagedBytes damaged, SpoolLosses losses) {
    this.files = files;
    this.damaged = damaged;
    this.losses = losses;
  }

  Found find(AckCursor cursor) throws IOException {
    long nextId = 1;
    var names = new ArrayList<String>();
    for (var name : files.list()) {
      if (Segment.isName(name) && Segment.id(name) >= 0 && Segment.id(name) < Long.MAX_VALUE) {
        names.add(name);
        nextId = Math.max(nextId, Segment.id(name) + 1);
      }
    }
    names.sort(null);
    for (var name : names) {
      open(name);
    }
    measure();
    for (var segment : segments.values()) {
      var gone = cursor.gone().get(segment.epoch);
      if (gone != null) {
        gone.ranges().forEach(segment::forget);
      }
    }
    return new Found(segments, nextId);
  }

  private void open(String name) {
    try (var file = files.open(name)) {
      long size = file.size();
      var header = SegmentHeader.read(file);
      if (header.isPresent() && size <= SegmentHeader.BYTES) {
        files.delete(name);
        return;
      }
      var found =
          header
              .map(known -> Optional.of(new Segment(Segment.id(name), known, SegmentHeader.BYTES)))
              .orElseGet(() -> withoutHeader(name, file, size));
      if (found.isEmpty()) {
        if (size > 0) {
          damaged.keep(name + ".bad", file, 0, size);
        }
        files.delete(name);
        return;
      }
      found.get().found(size, 0);
      segments.put(found.get().id, found.get());
    } catch (IOException e) {
      LOG.warn("spool_segment_unreadable", "A segment is left out.", e, "file", name);
    }
  }

  /** What the first good record says, if there is one. */
  private static Optional<Segment> withoutHeader(String name, StoredFile file, long size) {
    try {
      var reader = new RecordReader(file, 0);
      if (!reader.next(size)) {
        return Optional.empty();
      }
      var header =
          new SegmentHeader(
              BatchCodec.epoch(reader.payload()),
              reader.seq(),
              BatchCodec.observedAtMillis(reader.payload()));
      return Optional.of(new Segment(Segment.id(name), header, 0));
    } catch (IOException e) {
      LOG.warn("spool_segment_unreadable", "A segment is left out.", e, "file", name);
      return Optional.empty();
    }
  }

  /** Finds out how far each segment goes: to the next one of its epoch, or as far as it is good. */
  private void measure() {
    @Nullable Segment next = null;
    for (var segment : new ArrayList<>(segments.descendingMap().values())) {
      if (next != null && next.epoch.equals(segment.epoch) && next.firstSeq > segment.firstSeq) {
        segment.expectTo(next.firstSeq - 1);
        segment.found(segment.bytes(), next.createdAtMillis);
      } else {
        measureWhole(segment);
      }
      next = segment;
    }
    segments.values().removeIf(segment -> segment.lastSeq() < segment.firstSeq);
  }

  private void measureWhole(Segment segment) {
    try (var file = files.open(segment.name())) {
      measure(segment, file);
    } catch (IOException e) {
      LOG.warn("spool_segment_unreadable", "A segment is left out.", e, "file", segment.name());
    }
  }

  private void measure(Segment segment, StoredFile file) throws IOException {
    var reader = new RecordReader(file, segment.start);
    long end = segment.start;
    long newest = segment.createdAtMillis;
    int samples = 1;
    while (reader.next(segment.bytes())) {
      end = reader.position();
      newest = BatchCodec.observedAtMillis(reader.payload());
      samples = Math.max(1, BatchCodec.samples(reader.payload()));
      if (reader.seq() >= segment.firstSeq) {
        segment.expectTo(reader.seq());
      }
    }
    long tail = segment.bytes() - end;
    if (tail > 0) {
      damaged.keep("%016x-%08x.bad".formatted(segment.id, end), file, end, tail);
      losses.add(Reason.CORRUPT, samples);
      file.truncate(end);
      LOG.info(
          "spool_tail_cut",
          "The end of a segment is no record.",
          "file",
          segment.name(),
          "bytes",
          tail);
    }
    segment.found(end, newest);
    if (end == segment.start) {
      files.delete(segment.name());
    } else {
      // The process that wrote it may have ended before it came to that.
      file.sync();
    }
  }
}
