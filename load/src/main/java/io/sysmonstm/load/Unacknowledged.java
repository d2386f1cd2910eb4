package io.sysmonstm.load;

import io.sysmonstm.transport.grpc.v1.SeqRange;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The batches of a machine that are not durable yet, by sequence number. Guarded by its owner. */
final class Unacknowledged {
  /** A batch; its samples follow from its number. */
  static final class Waiting {
    final long seq;
    final long observedAtMillis;
    final long sentNanos;
    private long resendAtNanos;
    private boolean resendDue;

    Waiting(long seq, long observedAtMillis, long sentNanos) {
      this.seq = seq;
      this.observedAtMillis = observedAtMillis;
      this.sentNanos = sentNanos;
    }
  }

  private final NavigableMap<Long, Waiting> bySeq = new TreeMap<>();
  private int toResend;

  void add(Waiting batch) {
    bySeq.put(batch.seq, batch);
  }

  /** Takes out what is durable, and returns it. */
  List<Waiting> durable(Iterable<SeqRange> ranges) {
    var found = new ArrayList<Waiting>();
    for (var range : ranges) {
      var covered = bySeq.subMap(range.getFirst(), true, range.getLast(), true);
      for (var batch : covered.values()) {
        found.add(batch);
        toResend -= batch.resendDue ? 1 : 0;
      }
      covered.clear();
    }
    return found;
  }

  /** Notes that these have to be sent again, no earlier than a time. */
  void resendAt(Iterable<SeqRange> ranges, long nanoTime) {
    for (var range : ranges) {
      bySeq
          .subMap(range.getFirst(), true, range.getLast(), true)
          .values()
          .forEach(batch -> mark(batch, nanoTime));
    }
  }

  /** Notes that all have to be sent again, now. */
  void resendAll(long nanoTime) {
    bySeq.values().forEach(batch -> mark(batch, nanoTime));
  }

  private void mark(Waiting batch, long nanoTime) {
    toResend += batch.resendDue ? 0 : 1;
    batch.resendDue = true;
    batch.resendAtNanos = nanoTime;
  }

  /** Returns up to so many batches that are to be sent again now; they count as sent. */
  List<Waiting> takeDue(long nanoTime, int most) {
    var due = new ArrayList<Waiting>();
    if (toResend == 0) {
      return due;
    }
    for (var batch : bySeq.values()) {
      if (due.size() == most) {
        break;
      }
      if (batch.resendDue && nanoTime - batch.resendAtNanos >= 0) {
        batch.resendDue = false;
        toResend--;
        due.add(batch);
      }
    }
    return due;
  }

  int size() {
    return bySeq.size();
  }
}
