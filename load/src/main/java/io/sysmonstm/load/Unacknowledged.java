package io.sysmonstm.load;

import io.sysmonstm.transport.grpc.v1.SeqRange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The spool of a simulated machine: its batches that are not durable yet, by sequence number, and
 * the last few that are, which it repeats as one does that was killed before it noted so. Guarded
 * by its owner.
 */
final class Unacknowledged {
  private static final int REPEATED = 3;

  /** A batch; its samples follow from its number. */
  static final class Waiting {
    final long seq;
    final long observedAtMillis;
    final long madeNanos;
    private long sendAtNanos;
    private boolean sent;
    private boolean repeated;

    Waiting(long seq, long observedAtMillis, long madeNanos) {
      this.seq = seq;
      this.observedAtMillis = observedAtMillis;
      this.madeNanos = madeNanos;
      this.sendAtNanos = madeNanos;
    }

    /** Returns whether it was sent before. */
    boolean wasSent() {
      return sent;
    }
  }

  private final NavigableMap<Long, Waiting> bySeq = new TreeMap<>();
  private final NavigableMap<Long, Waiting> toSend = new TreeMap<>();
  private final ArrayDeque<Waiting> lastDurable = new ArrayDeque<>();

  void add(Waiting batch) {
    bySeq.put(batch.seq, batch);
    toSend.put(batch.seq, batch);
  }

  /** Takes out what is durable, and returns it. */
  List<Waiting> durable(Iterable<SeqRange> ranges) {
    var found = new ArrayList<Waiting>();
    for (var range : ranges) {
      var covered = bySeq.subMap(range.getFirst(), true, range.getLast(), true);
      found.addAll(covered.values());
      covered.clear();
      toSend.subMap(range.getFirst(), true, range.getLast(), true).clear();
    }
    for (var batch : found) {
      lastDurable.addLast(batch);
      if (lastDurable.size() > REPEATED) {
        lastDurable.removeFirst();
      }
    }
    return found;
  }

  /** Returns how many of those that were repeated are acknowledged a second time now. */
  int durableAgain(Iterable<SeqRange> ranges) {
    int again = 0;
    for (var batch : lastDurable) {
      for (var range : ranges) {
        if (batch.repeated && batch.seq >= range.getFirst() && batch.seq <= range.getLast()) {
          batch.repeated = false;
          again++;
        }
      }
    }
    return again;
  }

  /** Returns the last durable ones, to be sent once more. */
  List<Waiting> repeat() {
    lastDurable.forEach(batch -> batch.repeated = true);
    return List.copyOf(lastDurable);
  }

  /** Notes that these have to be sent again, no earlier than a time. */
  void resendAt(Iterable<SeqRange> ranges, long nanoTime) {
    for (var range : ranges) {
      for (var batch : bySeq.subMap(range.getFirst(), true, range.getLast(), true).values()) {
        batch.sendAtNanos = nanoTime;
        toSend.put(batch.seq, batch);
      }
    }
  }

  /** Notes that all have to be sent again, now. */
  void resendAll(long nanoTime) {
    for (var batch : bySeq.values()) {
      batch.sendAtNanos = nanoTime;
      toSend.put(batch.seq, batch);
    }
  }

  /**
   * Takes what is to be sent next: of the fresh ones that were not sent yet the oldest, and only
   * then of the others.
   *
   * @param now the time
   * @param freshSince those made before are not fresh
   */
  Optional<Waiting> take(long now, long freshSince) {
    @Nullable Waiting next = null;
    for (var batch : toSend.descendingMap().values()) {
      if (batch.sent || batch.madeNanos - freshSince < 0) {
        break;
      }
      next = batch;
    }
    if (next == null) {
      next = oldestDue(now);
    }
    if (next == null) {
      return Optional.empty();
    }
    toSend.remove(next.seq);
    return Optional.of(next);
  }

  private @Nullable Waiting oldestDue(long now) {
    for (var batch : toSend.values()) {
      if (now - batch.sendAtNanos >= 0) {
        return batch;
      }
    }
    return null;
  }

  /** Notes that it was sent. */
  void sent(Waiting batch) {
    batch.sent = true;
  }

  int size() {
    return bySeq.size();
  }
}
