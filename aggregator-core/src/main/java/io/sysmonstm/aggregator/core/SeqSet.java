package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.SeqRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sequence numbers as runs in primitive arrays: the usual next number makes the last run longer and
 * allocates nothing. Bounded: the lowest run is forgotten when there would be too many, which at
 * worst makes history look at a batch again. Guarded by its owner.
 */
final class SeqSet {
  private final int maxRuns;
  private long[] first = new long[4];
  private long[] last = new long[4];
  private int runs;

  SeqSet(int maxRuns) {
    this.maxRuns = maxRuns;
  }

  boolean isEmpty() {
    return runs == 0;
  }

  boolean contains(long seq) {
    int run = floor(seq);
    return run >= 0 && last[run] >= seq;
  }

  void add(long seq) {
    add(seq, seq);
  }

  void add(long from, long to) {
    int start = floor(from);
    if (start < 0 || last[start] < from - 1) {
      start++;
    }
    int end = start;
    while (end < runs && first[end] - 1 <= to) {
      end++;
    }
    if (start == end) {
      insert(start, from, to);
      return;
    }
    first[start] = Math.min(from, first[start]);
    last[start] = Math.max(to, last[end - 1]);
    delete(start + 1, end);
  }

  void remove(long seq) {
    int run = floor(seq);
    if (run < 0 || last[run] < seq) {
      return;
    }
    long end = last[run];
    if (first[run] == seq && end == seq) {
      delete(run, run + 1);
    } else if (first[run] == seq) {
      first[run] = seq + 1;
    } else {
      last[run] = seq - 1;
      if (end > seq) {
        insert(run + 1, seq + 1, end);
      }
    }
  }

  void clear() {
    runs = 0;
  }

  List<SeqRange> ranges() {
    if (runs == 1) {
      return List.of(new SeqRange(first[0], last[0]));
    }
    var ranges = new ArrayList<SeqRange>(runs);
    for (int run = 0; run < runs; run++) {
      ranges.add(new SeqRange(first[run], last[run]));
    }
    return ranges;
  }

  // The last run that begins at seq or before it, or -1.
  private int floor(long seq) {
    if (runs > 0 && first[runs - 1] <= seq) {
      return runs - 1;
    }
    int at = Arrays.binarySearch(first, 0, runs, seq);
    return at >= 0 ? at : -at - 2;
  }

  private void insert(int at, long from, long to) {
    int where = at;
    if (runs == maxRuns) {
      if (where == 0) {
        return;
      }
      delete(0, 1);
      where--;
    }
    if (runs == first.length) {
      first = Arrays.copyOf(first, runs * 2);
      last = Arrays.copyOf(last, runs * 2);
    }
    System.arraycopy(first, where, first, where + 1, runs - where);
    System.arraycopy(last, where, last, where + 1, runs - where);
    first[where] = from;
    last[where] = to;
    runs++;
  }

  private void delete(int from, int to) {
    System.arraycopy(first, to, first, from, runs - to);
    System.arraycopy(last, to, last, from, runs - to);
    runs -= to - from;
  }
}
