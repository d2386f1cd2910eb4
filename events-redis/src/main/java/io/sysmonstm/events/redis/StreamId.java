package io.sysmonstm.events.redis;

import java.util.Comparator;

/** The id of a stream's entry: a time, and a number among those of that time. Immutable. */
record StreamId(long millis, long number) implements Comparable<StreamId> {
  private static final Comparator<StreamId> ORDER =
      Comparator.comparingLong(StreamId::millis).thenComparingLong(StreamId::number);

  static StreamId of(String text) {
    int dash = text.indexOf('-');
    return new StreamId(
        Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
  }

  @Override
  public int compareTo(StreamId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return millis + "-" + number;
  }
}
