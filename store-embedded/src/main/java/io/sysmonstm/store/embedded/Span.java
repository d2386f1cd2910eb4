package io.sysmonstm.store.embedded;

import java.time.Instant;

/** A span of time in milliseconds of Unix time, the end not included. */
record Span(long fromMillis, long toMillis) {
  /**
   * The latest time that is stored: the end of the year 9999. Nothing is stored from before 1970.
   */
  static final long MAX_MILLIS = 253_402_300_799_999L;

  static Span of(Instant from, Instant to) {
    return new Span(millisUp(from), millisUp(to));
  }

  /** Returns whether a time can be stored. */
  static boolean covers(long timeMillis) {
    return timeMillis >= 0 && timeMillis <= MAX_MILLIS;
  }

  boolean contains(long timeMillis) {
    return fromMillis <= timeMillis && timeMillis < toMillis;
  }

  boolean isEmpty() {
    return fromMillis >= toMillis;
  }

  /** Returns the span with its begin moved up to a whole number of steps. */
  Span fromWholeStep(long stepMillis) {
    return new Span(Math.ceilDiv(fromMillis, stepMillis) * stepMillis, toMillis);
  }

  /** Returns the span with its end moved up to a whole number of steps. */
  Span toWholeStep(long stepMillis) {
    return new Span(fromMillis, Math.ceilDiv(toMillis, stepMillis) * stepMillis);
  }

  private static long millisUp(Instant instant) {
    return instant.plusNanos(999_999).toEpochMilli();
  }
}
