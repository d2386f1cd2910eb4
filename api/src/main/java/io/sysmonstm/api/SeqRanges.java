package io.sysmonstm.api;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A set of sequence numbers, kept as few runs as possible. Confined to one thread, or guarded by
 * its owner.
 */
public final class SeqRanges {
  // First number of each run → its last; runs neither overlap nor touch.
  private final TreeMap<Long, Long> runs = new TreeMap<>();

  /** Creates an empty set. */
  public SeqRanges() {}

  /**
   * Creates a set of the given runs, which may overlap.
   *
   * @param ranges runs in any order
   */
  public SeqRanges(Iterable<SeqRange> ranges) {
    ranges.forEach(range -> add(range.first(), range.last()));
  }

  /**
   * Adds one number; tells whether it was new.
   *
   * @param seq 1 or more
   * @return whether it was new
   */
  public boolean add(long seq) {
    if (contains(seq)) {
      return false;
    }
    add(seq, seq);
    return true;
  }

  /**
   * Adds a run.
   *
   * @param first 1 or more
   * @param last not less than first
   */
  public void add(long first, long last) {
    var range = new SeqRange(first, last);
    long from = range.first();
    long to = range.last();
    Map.Entry<Long, Long> left = runs.floorEntry(to == Long.MAX_VALUE ? to : to + 1);
    while (left != null && left.getValue() >= from - 1) {
      from = Math.min(from, left.getKey());
      to = Math.max(to, left.getValue());
      runs.remove(left.getKey());
      left = runs.floorEntry(to);
    }
    runs.put(from, to);
  }

  /**
   * {@return whether a number is in the set}
   *
   * @param seq a sequence number
   */
  public boolean contains(long seq) {
    var run = runs.floorEntry(seq);
    return run != null && run.getValue() >= seq;
  }

  /** {@return whether the set is empty} */
  public boolean isEmpty() {
    return runs.isEmpty();
  }

  /** {@return the runs, rising; a copy} */
  public List<SeqRange> ranges() {
    return runs.entrySet().stream().map(run -> new SeqRange(run.getKey(), run.getValue())).toList();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof SeqRanges other && runs.equals(other.runs);
  }

  @Override
  public int hashCode() {
    return runs.hashCode();
  }

  @Override
  public String toString() {
    return ranges().toString();
  }
}
