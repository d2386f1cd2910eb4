package io.sysmonstm.store.timescale;

import java.util.Arrays;

/** The machines and minutes that an append has samples of. Confined to one thread. */
final class AppendedMinutes {
  private int[] machines = new int[64];
  private long[] minutes = new long[64];
  private int size;

  void clear() {
    size = 0;
  }

  void add(int machine, long minute) {
    if (size == machines.length) {
      machines = Arrays.copyOf(machines, size * 2);
      minutes = Arrays.copyOf(minutes, size * 2);
    }
    machines[size] = machine;
    minutes[size] = minute;
    size++;
  }

  /** Returns the first of the minutes; there is one at least. */
  long oldest() {
    long oldest = Long.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      oldest = Math.min(oldest, minutes[i]);
    }
    return oldest;
  }

  int size() {
    return size;
  }

  int[] machines() {
    return Arrays.copyOf(machines, size);
  }

  long[] minutes() {
    return Arrays.copyOf(minutes, size);
  }
}
