package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import java.util.BitSet;
import java.util.UUID;

/**
 * One file of records of one epoch, and which of them nobody needs any more. Guarded by its owner.
 */
final class Segment {
  /** The most numbers between the first and the last record. */
  static final int MAX_SPAN = 100_000;

  private static final String SUFFIX = ".seg";

  final long id;
  final UUID epoch;
  final long firstSeq;
  final long createdAtMillis;

  /** Where the first record is looked for. */
  final long start;

  private final BitSet gone = new BitSet();
  private long lastSeq;
  private long bytes;
  private long newestMillis;
  private int remaining;
  private boolean deleted;
  private long checkedTo;

  Segment(long id, SegmentHeader header, long start) {
    this.id = id;
    this.epoch = header.epoch();
    this.firstSeq = header.firstSeq();
    this.createdAtMillis = header.createdAtMillis();
    this.newestMillis = createdAtMillis;
    this.start = start;
    this.lastSeq = firstSeq - 1;
    this.bytes = start;
  }

  static boolean isName(String name) {
    return name.matches("[0-9a-f]{16}\\.seg");
  }

  static String name(long id) {
    return "%016x%s".formatted(id, SUFFIX);
  }

  static long id(String name) {
    return Long.parseUnsignedLong(name.substring(0, name.length() - SUFFIX.length()), 16);
  }

  String name() {
    return name(id);
  }

  /** Whether a record of that number may be in it, behind all others. */
  boolean hasRoomFor(long seq) {
    return seq > lastSeq && seq - firstSeq < MAX_SPAN;
  }

  void appended(long seq, int length, long observedAtMillis) {
    gone.set(place(lastSeq + 1), place(seq));
    lastSeq = seq;
    remaining++;
    bytes += length;
    newestMillis = Math.max(newestMillis, observedAtMillis);
  }

  /** Expects all numbers up to this one, of which none was seen yet. */
  void expectTo(long seq) {
    long last = Math.min(seq, firstSeq + MAX_SPAN - 1);
    if (last > lastSeq) {
      remaining += (int) (last - lastSeq);
      lastSeq = last;
    }
  }

  /** Says what a file holds that was found. */
  void found(long size, long newest) {
    bytes = size;
    newestMillis = Math.max(newestMillis, newest);
  }

  /** Forgets records; returns how many were still needed. */
  int forget(SeqRange range) {
    long first = Math.max(range.first(), firstSeq);
    long last = Math.min(range.last(), lastSeq);
    if (first > last) {
      return 0;
    }
    int from = place(first);
    int to = place(last) + 1;
    int needed = to - from - gone.get(from, to).cardinality();
    gone.set(from, to);
    remaining -= needed;
    return needed;
  }

  boolean isGone(long seq) {
    return seq < firstSeq || seq > lastSeq || gone.get(place(seq));
  }

  private int place(long seq) {
    return (int) (seq - firstSeq);
  }

  /** The numbers that nobody needs. */
  void addGoneTo(SeqRanges ranges) {
    for (int from = gone.nextSetBit(0); from >= 0; ) {
      int to = gone.nextClearBit(from);
      ranges.add(firstSeq + from, firstSeq + to - 1);
      from = gone.nextSetBit(to);
    }
  }

  long lastSeq() {
    return lastSeq;
  }

  long bytes() {
    return bytes;
  }

  long newestMillis() {
    return newestMillis;
  }

  /** Records that somebody needs. */
  int remaining() {
    return remaining;
  }

  void setDeleted() {
    deleted = true;
  }

  boolean isDeleted() {
    return deleted;
  }

  /** Whether damage at this place is seen for the first time. */
  boolean isNewDamage(long at) {
    boolean first = at >= checkedTo;
    checkedTo = Math.max(checkedTo, at + 1);
    return first;
  }
}
