package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRange;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Keeps the batches of one epoch in memory. Thread-safe. */
public final class MemorySpool implements Spool {
  private static final class Entry {
    final Batch batch;
    final long appendedNanos;
    boolean inFlight;
    boolean shown;

    Entry(Batch batch, long appendedNanos) {
      this.batch = batch;
      this.appendedNanos = appendedNanos;
    }

    boolean isFresh(long sinceNanos) {
      return !shown && appendedNanos - sinceNanos >= 0;
    }
  }

  private final UUID epoch;
  private final int maxBatches;
  private final long maxBytes;
  // Everything below is guarded by this; entries are ordered by their number, which is also their
  // age.
  private final TreeMap<Long, Entry> entries = new TreeMap<>();
  private long firstWaiting = 1;
  private int inFlight;
  private int shown;
  private long bytes;
  private long droppedSamples;
  private long lastSeq;

  /** Creates an empty spool that is bounded by both. */
  public MemorySpool(UUID epoch, int maxBatches, long maxBytes) {
    this.epoch = epoch;
    this.maxBatches = maxBatches;
    this.maxBytes = maxBytes;
  }

  /** What a batch takes in memory, roughly: its arrays, and its processes with their names. */
  static long bytesOf(Batch batch) {
    return 200 + 16L * batch.size() + 160L * batch.topProcesses().size();
  }

  @Override
  public UUID epoch() {
    return epoch;
  }

  @Override
  public synchronized BatchId next() {
    return new BatchId(epoch, lastSeq + 1);
  }

  @Override
  public boolean renumber(long committed) {
    return false;
  }

  @Override
  public synchronized void append(Batch batch, long nowNanos) {
    lastSeq = batch.seq();
    entries.put(batch.seq(), new Entry(batch, nowNanos));
    bytes += bytesOf(batch);
    while (entries.size() > maxBatches || (bytes > maxBytes && entries.size() > 1)) {
      drop(entries.firstEntry().getValue());
    }
  }

  @Override
  public void tend() {}

  @Override
  public synchronized Optional<Batch> takeFresh(long sinceNanos) {
    Entry oldestFresh = null;
    for (var entry : entries.descendingMap().values()) {
      if (entry.appendedNanos - sinceNanos < 0) {
        break;
      }
      if (!entry.inFlight && !entry.shown) {
        oldestFresh = entry;
      }
    }
    return oldestFresh == null ? Optional.empty() : Optional.of(take(oldestFresh, false));
  }

  @Override
  public synchronized Optional<Batch> takeBacklog(long freshSinceNanos) {
    var waiting = oldestWaiting();
    return waiting.map(entry -> take(entry, !entry.isFresh(freshSinceNanos)));
  }

  private Optional<Entry> oldestWaiting() {
    for (var entry : entries.tailMap(firstWaiting, true).values()) {
      if (!entry.inFlight) {
        firstWaiting = entry.batch.seq();
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  private Batch take(Entry entry, boolean replay) {
    entry.inFlight = true;
    inFlight++;
    return entry.batch.withReplay(replay);
  }

  @Override
  public synchronized int forget(UUID ackedEpoch, List<SeqRange> ranges) {
    return forEach(ackedEpoch, ranges, entry -> true, this::remove);
  }

  @Override
  public synchronized int keepShown(UUID ackedEpoch, List<SeqRange> ranges) {
    return forEach(
        ackedEpoch,
        ranges,
        entry -> entry.inFlight,
        entry -> {
          settle(entry);
          if (!entry.shown) {
            entry.shown = true;
            shown++;
          }
        });
  }

  private int forEach(
      UUID ackedEpoch, List<SeqRange> ranges, Predicate<Entry> which, Consumer<Entry> action) {
    if (!ackedEpoch.equals(epoch)) {
      return 0;
    }
    int found = 0;
    for (var range : ranges) {
      var inRange = entries.subMap(range.first(), true, range.last(), true).values();
      var acked = inRange.stream().filter(which).toList();
      acked.forEach(action);
      found += acked.size();
    }
    return found;
  }

  @Override
  public synchronized Optional<Batch> onlyInFlight() {
    return inFlight != 1
        ? Optional.empty()
        : entries.values().stream()
            .filter(entry -> entry.inFlight)
            .map(entry -> entry.batch)
            .findFirst();
  }

  @Override
  public synchronized void discard(Batch batch) {
    var entry = entries.get(batch.seq());
    if (entry != null) {
      drop(entry);
    }
  }

  @Override
  public synchronized void rewind() {
    for (var entry : entries.values()) {
      entry.inFlight = false;
    }
    inFlight = 0;
    firstWaiting = 1;
  }

  private void drop(Entry entry) {
    droppedSamples += entry.batch.size();
    remove(entry);
  }

  private void remove(Entry entry) {
    entries.remove(entry.batch.seq());
    bytes -= bytesOf(entry.batch);
    if (entry.inFlight) {
      inFlight--;
    }
    if (entry.shown) {
      shown--;
    }
  }

  private void settle(Entry entry) {
    entry.inFlight = false;
    inFlight--;
    firstWaiting = Math.min(firstWaiting, entry.batch.seq());
  }

  @Override
  public synchronized int depth() {
    return entries.size();
  }

  @Override
  public synchronized int inFlight() {
    return inFlight;
  }

  @Override
  public synchronized boolean hasUnseen() {
    return entries.size() > shown;
  }

  @Override
  public synchronized boolean hasUnseenWaiting() {
    return entries.values().stream().anyMatch(entry -> !entry.inFlight && !entry.shown);
  }

  @Override
  public synchronized boolean hasWaiting() {
    return entries.size() > inFlight;
  }

  @Override
  public synchronized long bytes() {
    return bytes;
  }

  @Override
  public synchronized long droppedSamples() {
    return droppedSamples;
  }

  @Override
  public boolean outlivesProcess() {
    return false;
  }

  @Override
  public void told(long samples) {}

  @Override
  public void close() {}
}
