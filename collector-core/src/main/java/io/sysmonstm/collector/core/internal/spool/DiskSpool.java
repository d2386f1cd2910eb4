package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.collector.core.internal.spool.RecentBatches.Entry;
import io.sysmonstm.collector.core.internal.spool.SpoolLosses.Reason;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps batches on disk, written through: what was appended outlives the process, and what was made
 * safe outlives the machine's power. In memory are only the newest batches, those in flight, and
 * one bit for each record. While the disk takes nothing it goes on in memory, within a bound, and
 * writes down what it has as soon as the disk is back.
 *
 * <p>Numbers: the epoch of an earlier process is carried on only where that one has left a mark
 * that it stopped well; else its batches keep their epoch, and new ones get another. Thread-safe.
 */
public final class DiskSpool implements Spool {
  static final Duration SYNC_INTERVAL = Duration.ofSeconds(5);
  static final Duration CURSOR_INTERVAL = Duration.ofMinutes(1);

  private static final EventLog LOG = EventLog.of(DiskSpool.class);

  /** Opens the directory; tried again and again where it fails. */
  @FunctionalInterface
  public interface Opener {
    /** Opens it; fails where it cannot be used now. */
    FileStore open() throws IOException;
  }

  /**
   * What a spool is made of.
   *
   * @param machineId the machine whose batches are kept
   * @param bounds how much is kept
   * @param sync when it is made safe
   * @param registry where series are interned that are read back
   * @param time both clocks
   * @param metrics where it counts
   */
  public record Parts(
      String machineId,
      SpoolBounds bounds,
      SpoolSync sync,
      SeriesRegistry registry,
      TimeSource time,
      SelfMetrics metrics) {}

  private final Parts parts;
  private final Opener opener;
  private final SpoolLosses losses;
  private final DiskTrouble trouble;
  private final BatchCodec codec;
  // Everything below is guarded by this.
  private final RecordBuffer record = new RecordBuffer();
  private final RecentBatches recent = new RecentBatches();
  private final Map<BatchId, Batch> inFlight = new LinkedHashMap<>();
  private @Nullable OpenSpool disk;
  private UUID epoch = UUID.randomUUID();
  private long lastSeq;
  private boolean numbered;
  private boolean closed;

  private DiskSpool(Parts parts, Opener opener) {
    this.parts = parts;
    this.opener = opener;
    this.losses = new SpoolLosses(parts.metrics());
    this.codec = new BatchCodec(parts.registry());
    this.trouble = new DiskTrouble(parts.metrics());
  }

  /**
   * Opens a spool, and finds what an earlier one has left; where the directory cannot be used it
   * begins in memory.
   */
  public static DiskSpool open(Parts parts, Opener opener) {
    var spool = new DiskSpool(parts, opener);
    synchronized (spool) {
      try {
        spool.attach();
      } catch (IOException e) {
        spool.trouble.failed("spool_unavailable", e);
      }
    }
    return spool;
  }

  private OpenSpool attach() throws IOException {
    var files = opener.open();
    boolean done = false;
    try {
      var opened = OpenSpool.open(files, parts, codec, losses);
      var before = numbered ? Optional.<CleanStop>empty() : opened.takeCleanStop();
      before.ifPresent(
          stop -> {
            epoch = stop.epoch();
            lastSeq = stop.lastSeq();
          });
      losses.restore(opened.cursor().lost(), opened.cursor().told(), before.isPresent());
      disk = opened;
      done = true;
      LOG.info(
          "spool_opened",
          "Batches are kept on disk.",
          "waiting_batches",
          opened.log().remaining(),
          "bytes",
          opened.log().bytes(),
          "carried_on",
          before.isPresent());
      return opened;
    } finally {
      if (!done) {
        files.close();
      }
    }
  }

  @Override
  public synchronized UUID epoch() {
    return epoch;
  }

  @Override
  public synchronized BatchId next() {
    numbered = true;
    return new BatchId(epoch, lastSeq + 1);
  }

  @Override
  public synchronized boolean renumber(long committed) {
    if (committed <= lastSeq) {
      return false;
    }
    epoch = UUID.randomUUID();
    lastSeq = 0;
    losses.renumber();
    return true;
  }

  @Override
  public synchronized void append(Batch batch, long nowNanos) {
    if (closed) {
      return;
    }
    if (batch.epoch().equals(epoch)) {
      lastSeq = Math.max(lastSeq, batch.seq());
    }
    recent.add(new Entry(batch, nowNanos));
    store();
    recent.trim(lost -> losses.add(Reason.FULL, lost.size()));
  }

  /** Writes down what is not on disk yet, oldest first, as far as the disk takes it. */
  private void store() {
    try {
      var to = disk != null ? disk : attach();
      for (var entry = recent.firstUnstored(); entry.isPresent(); entry = recent.firstUnstored()) {
        store(entry.get(), to);
      }
      trouble.worked();
    } catch (IOException | RuntimeException e) {
      trouble.failed("spool_write_failed", e);
    }
  }

  private void store(Entry entry, OpenSpool to) throws IOException {
    record.begin(entry.batch.seq());
    codec.encode(entry.batch, record);
    var bytes = record.end();
    if (bytes.remaining() > RecordReader.MAX_RECORD_BYTES) {
      losses.add(Reason.BYTES, entry.batch.size());
      forget(entry.batch);
      return;
    }
    to.append(entry.batch, bytes);
    recent.stored(entry);
  }

  @Override
  public void tend() {
    OpenSpool open;
    synchronized (this) {
      open = closed ? null : disk;
    }
    if (open == null) {
      return;
    }
    try {
      open.tend(this);
    } catch (IOException e) {
      trouble.failed("spool_sync_failed", e);
    }
  }

  @Override
  public synchronized Optional<Batch> takeFresh(long sinceNanos) {
    @Nullable Entry oldest = null;
    for (var entry : recent.newestFirst()) {
      if (entry.appendedNanos - sinceNanos < 0) {
        break;
      }
      if (!entry.shown && !inFlight.containsKey(entry.id)) {
        oldest = entry;
      }
    }
    return oldest == null ? Optional.empty() : Optional.of(take(oldest.batch.withReplay(false)));
  }

  @Override
  public synchronized Optional<Batch> takeBacklog(long freshSinceNanos) {
    if (depth() <= inFlight.size()) {
      return Optional.empty();
    }
    if (disk != null) {
      var read = disk.backlog().next(inFlight::containsKey);
      if (read.isPresent()) {
        boolean fresh =
            recent
                .find(BatchId.of(read.get()))
                .filter(entry -> entry.isFresh(freshSinceNanos))
                .isPresent();
        return Optional.of(take(read.get().withReplay(!fresh)));
      }
    }
    for (var entry : recent.oldestFirst()) {
      if (!entry.stored && !inFlight.containsKey(entry.id)) {
        return Optional.of(take(entry.batch.withReplay(!entry.isFresh(freshSinceNanos))));
      }
    }
    return Optional.empty();
  }

  private Batch take(Batch batch) {
    inFlight.put(BatchId.of(batch), batch);
    return batch;
  }

  @Override
  public synchronized int forget(UUID ofEpoch, List<SeqRange> ranges) {
    int forgotten = recent.forget(ofEpoch, ranges);
    inFlight.keySet().removeIf(id -> id.isIn(ofEpoch, ranges));
    return forgotten + (disk == null ? 0 : disk.forget(ofEpoch, ranges));
  }

  private void forget(Batch batch) {
    forget(batch.epoch(), List.of(new SeqRange(batch.seq(), batch.seq())));
  }

  @Override
  public synchronized int keepShown(UUID ofEpoch, List<SeqRange> ranges) {
    int before = inFlight.size();
    inFlight
        .keySet()
        .removeIf(
            id -> {
              boolean shown = id.isIn(ofEpoch, ranges);
              if (shown) {
                recent.find(id).ifPresent(entry -> entry.shown = true);
              }
              return shown;
            });
    if (disk != null) {
      disk.backlog().rewind();
    }
    return before - inFlight.size();
  }

  @Override
  public synchronized Optional<Batch> onlyInFlight() {
    return inFlight.size() == 1
        ? Optional.of(inFlight.values().iterator().next())
        : Optional.empty();
  }

  @Override
  public synchronized void discard(Batch batch) {
    losses.add(Reason.POISON, batch.size());
    forget(batch);
    if (disk != null) {
      record.begin(batch.seq());
      codec.encode(batch, record);
      record.end();
      disk.setAside(batch, record.copy());
    }
  }

  @Override
  public synchronized void rewind() {
    inFlight.clear();
    if (disk != null) {
      disk.backlog().rewind();
    }
  }

  @Override
  public synchronized int depth() {
    return recent.unstored() + (disk == null ? 0 : disk.log().remaining());
  }

  @Override
  public synchronized int inFlight() {
    return inFlight.size();
  }

  @Override
  public synchronized boolean hasUnseen() {
    for (var entry : recent.oldestFirst()) {
      if (!entry.shown) {
        return true;
      }
    }
    return false;
  }

  @Override
  public synchronized boolean hasUnseenWaiting() {
    for (var entry : recent.oldestFirst()) {
      if (!entry.shown && !inFlight.containsKey(entry.id)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public synchronized boolean hasWaiting() {
    return depth() > inFlight.size();
  }

  @Override
  public boolean outlivesProcess() {
    return true;
  }

  @Override
  public synchronized long bytes() {
    return recent.unstoredBytes() + (disk == null ? 0 : disk.log().bytes());
  }

  @Override
  public Optional<String> problem() {
    return trouble.problem();
  }

  @Override
  public long droppedSamples() {
    return losses.lost();
  }

  @Override
  public void told(long samples) {
    losses.told(samples);
  }

  synchronized int heldInMemory() {
    return recent.size() + inFlight.size();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    if (recent.unstored() > 0) {
      store();
    }
    for (var entry : recent.oldestFirst()) {
      if (!entry.stored) {
        losses.add(Reason.FULL, entry.batch.size());
      }
    }
    closed = true;
    if (disk != null) {
      disk.close(new CleanStop(epoch, lastSeq));
    }
  }
}
