package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRange;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The newest batches, in memory: a few of those that are on disk, so that a fresh one is sent
 * without being read back, and those that the disk has not taken, up to a bound. Guarded by its
 * owner.
 */
final class RecentBatches {
  /** The most bytes of batches that the disk has not taken. */
  static final long MAX_UNSTORED_BYTES = 8L << 20;

  /** The most batches that are on disk too. */
  static final int MAX_STORED = 16;

  private static final long MAX_STORED_BYTES = 1 << 20;

  /** One batch and what became of it. */
  static final class Entry {
    final Batch batch;
    final BatchId id;
    final long appendedNanos;
    boolean stored;
    boolean shown;

    Entry(Batch batch, long appendedNanos) {
      this.batch = batch;
      this.id = BatchId.of(batch);
      this.appendedNanos = appendedNanos;
    }

    long bytes() {
      return MemorySpool.bytesOf(batch);
    }

    boolean isFresh(long sinceNanos) {
      return !shown && appendedNanos - sinceNanos >= 0;
    }
  }

  // Oldest first. Once the disk refuses one, it is not asked for a newer one: those that are on
  // disk come before those that are not.
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private int stored;
  private long storedBytes;
  private long unstoredBytes;

  void add(Entry entry) {
    entries.addLast(entry);
    unstoredBytes += entry.bytes();
  }

  /** The oldest one that is not on disk. */
  Optional<Entry> firstUnstored() {
    if (unstored() > 0) {
      for (var entry : entries) {
        if (!entry.stored) {
          return Optional.of(entry);
        }
      }
    }
    return Optional.empty();
  }

  void stored(Entry entry) {
    entry.stored = true;
    stored++;
    storedBytes += entry.bytes();
    unstoredBytes -= entry.bytes();
  }

  /** Lets go of what is beyond the bounds; of those that are nowhere else the caller is told. */
  void trim(Consumer<Batch> lost) {
    while (stored > MAX_STORED || (storedBytes > MAX_STORED_BYTES && stored > 1)) {
      removeFirst(true);
    }
    while (unstoredBytes > MAX_UNSTORED_BYTES) {
      lost.accept(removeFirst(false));
    }
  }

  private Batch removeFirst(boolean onDisk) {
    for (var each = entries.iterator(); each.hasNext(); ) {
      var entry = each.next();
      if (entry.stored == onDisk) {
        each.remove();
        removed(entry);
        return entry.batch;
      }
    }
    throw new IllegalStateException("the counts say that there is one");
  }

  private void removed(Entry entry) {
    if (entry.stored) {
      stored--;
      storedBytes -= entry.bytes();
    } else {
      unstoredBytes -= entry.bytes();
    }
  }

  /** Forgets batches; returns how many were not on disk. */
  int forget(UUID epoch, List<SeqRange> ranges) {
    int before = unstored();
    for (var each = entries.iterator(); each.hasNext(); ) {
      var entry = each.next();
      if (entry.id.isIn(epoch, ranges)) {
        each.remove();
        removed(entry);
      }
    }
    return before - unstored();
  }

  Optional<Entry> find(BatchId id) {
    for (var each = entries.descendingIterator(); each.hasNext(); ) {
      var entry = each.next();
      if (entry.id.equals(id)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  Iterable<Entry> oldestFirst() {
    return entries;
  }

  Iterable<Entry> newestFirst() {
    return entries::descendingIterator;
  }

  int size() {
    return entries.size();
  }

  int unstored() {
    return entries.size() - stored;
  }

  long unstoredBytes() {
    return unstoredBytes;
  }
}
