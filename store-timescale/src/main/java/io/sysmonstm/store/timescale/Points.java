package io.sysmonstm.store.timescale;

import java.util.Arrays;

/** Points of one series, as they come. Confined to one thread. */
final class Points {
  private long[] times = new long[64];
  private double[] values = new double[64];
  private int size;

  void add(long timeMillis, double value) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    times[size] = timeMillis;
    values[size++] = value;
  }

  int size() {
    return size;
  }

  long[] times() {
    return Arrays.copyOf(times, size);
  }

  double[] values() {
    return Arrays.copyOf(values, size);
  }
}
