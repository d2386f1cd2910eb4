package io.sysmonstm.store.embedded;

import java.util.Arrays;

/**
 * Samples of one series, rising by time; those of the same time stay in the order they came.
 * Confined to one thread.
 */
final class SampleRun {
  private long[] times = new long[64];
  private double[] values = new double[64];
  private int size;

  void add(long timeMillis, double value) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    int at = size == 0 || times[size - 1] <= timeMillis ? size : after(timeMillis);
    System.arraycopy(times, at, times, at + 1, size - at);
    System.arraycopy(values, at, values, at + 1, size - at);
    times[at] = timeMillis;
    values[at] = value;
    size++;
  }

  int size() {
    return size;
  }

  long time(int sample) {
    return times[sample];
  }

  double value(int sample) {
    return values[sample];
  }

  long[] times() {
    return Arrays.copyOf(times, size);
  }

  double[] values() {
    return Arrays.copyOf(values, size);
  }

  byte[] pack(ChunkWriter writer) {
    writer.clear().number(size);
    long before = 0;
    for (int i = 0; i < size; i++) {
      writer.number(times[i] - before);
      before = times[i];
    }
    writer.doubles(values, size);
    return writer.finish();
  }

  static SampleRun unpack(byte[] chunk, ChunkReader reader) throws DamagedChunkException {
    reader.open(chunk);
    var run = new SampleRun();
    run.size = reader.count();
    run.times = new long[Math.max(64, run.size)];
    run.values = new double[run.times.length];
    long time = 0;
    for (int i = 0; i < run.size; i++) {
      time += reader.number();
      run.times[i] = time;
    }
    reader.doubles(run.values, run.size);
    return run;
  }

  /** Returns where the first sample after a time is. */
  private int after(long timeMillis) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] <= timeMillis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
