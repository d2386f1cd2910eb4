package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.TimeSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The directory of a spool while it is open: segments, cursor, and what is due to be made safe.
 * Guarded by its owner, but for {@link #tend}.
 */
final class OpenSpool {
  private static final EventLog LOG = EventLog.of(OpenSpool.class);

  private final FileStore files;
  private final SpoolSync sync;
  private final TimeSource time;
  private final SpoolLosses losses;
  private final DamagedBytes damaged;
  private final AckCursor cursor;
  private final SegmentLog log;
  private final BacklogReader backlog;
  private boolean unsafe;
  private boolean forgotten;
  private long syncedNanos;
  private long cursorNanos;

  private OpenSpool(FileStore files, DiskSpool.Parts parts, BatchCodec codec, SpoolLosses losses)
      throws IOException {
    this.files = files;
    this.sync = parts.sync();
    this.time = parts.time();
    this.losses = losses;
    this.damaged = new DamagedBytes(files.directory("quarantine"));
    this.cursor = AckCursor.read(files);
    var found = new SegmentSearch(files, damaged, losses).find(cursor);
    this.log = new SegmentLog(files, parts.bounds(), damaged, losses, found);
    this.backlog = new BacklogReader(log, codec, parts.machineId(), losses);
    this.syncedNanos = time.nanoTime();
    this.cursorNanos = syncedNanos;
  }

  static OpenSpool open(
      FileStore files, DiskSpool.Parts parts, BatchCodec codec, SpoolLosses losses)
      throws IOException {
    return new OpenSpool(files, parts, codec, losses);
  }

  /** What the cursor said at the beginning. */
  AckCursor cursor() {
    return cursor;
  }

  SegmentLog log() {
    return log;
  }

  BacklogReader backlog() {
    return backlog;
  }

  /** The numbering that may be carried on, if there is one; to be asked once. */
  Optional<CleanStop> takeCleanStop() {
    return CleanStop.take(files).filter(stop -> log.lastSeq(stop.epoch()) <= stop.lastSeq());
  }

  void append(Batch batch, ByteBuffer record) throws IOException {
    log.append(batch, record, time.instant().toEpochMilli());
    unsafe = true;
  }

  int forget(UUID epoch, List<SeqRange> ranges) {
    int count = log.forget(epoch, ranges);
    forgotten |= count > 0;
    return count;
  }

  void setAside(Batch batch, byte[] record) {
    damaged.keep("poison-%s-%d.bad".formatted(batch.epoch(), batch.seq()), record);
  }

  /** Makes safe what is due, not holding up the owner meanwhile; one thread at a time. */
  void tend(Object owner) throws IOException {
    Optional<StoredFile> due;
    Optional<AckCursor> news;
    List<Segment> finished;
    synchronized (owner) {
      due = isSyncDue() ? log.activeFile() : Optional.empty();
      finished = log.finished();
      news = finished.isEmpty() && !isCursorDue() ? Optional.empty() : Optional.of(snapshot());
    }
    if (due.isPresent()) {
      sync(due.get(), owner);
    }
    if (news.isPresent()) {
      news.get().write(files);
      synchronized (owner) {
        finished.forEach(log::delete);
      }
    }
  }

  private boolean isSyncDue() {
    long now = time.nanoTime();
    boolean isDue =
        unsafe
            && switch (sync) {
              case ALWAYS -> true;
              case INTERVAL -> now - syncedNanos >= DiskSpool.SYNC_INTERVAL.toNanos();
              case OS -> false;
            };
    if (isDue) {
      unsafe = false;
      syncedNanos = now;
    }
    return isDue;
  }

  private boolean isCursorDue() {
    return forgotten && time.nanoTime() - cursorNanos >= DiskSpool.CURSOR_INTERVAL.toNanos();
  }

  private AckCursor snapshot() {
    forgotten = false;
    cursorNanos = time.nanoTime();
    return new AckCursor(log.gone(), losses.lost(), losses.toldSoFar());
  }

  private void sync(StoredFile file, Object owner) throws IOException {
    try {
      file.sync();
    } catch (IOException e) {
      // The system may have let go of the pages: asking again would be answered with a lie.
      synchronized (owner) {
        log.abandon(file);
      }
      throw e;
    }
  }

  /** Makes all safe, leaves the mark of a good stop, and lets go of the directory. */
  void close(CleanStop stop) {
    backlog.close();
    log.seal();
    try {
      snapshot().write(files);
      log.finished().forEach(log::delete);
      stop.write(files);
    } catch (IOException e) {
      LOG.warn("spool_close_failed", "The next start begins another epoch.", e);
    } finally {
      files.close();
    }
  }
}
