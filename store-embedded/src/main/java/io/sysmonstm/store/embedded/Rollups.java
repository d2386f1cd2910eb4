package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Aggregation;
import java.util.Arrays;

/**
 * Rollups of one series: buckets of one width, aligned to the epoch and rising, each with sum,
 * least, greatest, newest and count of its samples. Of two samples of the same time, the one that
 * came later is the newest. Confined to one thread.
 */
final class Rollups {
  private final long widthMillis;
  private long[] starts = new long[16];
  private long[] counts = new long[16];
  private long[] lastTimes = new long[16];
  private double[] sums = new double[16];
  private double[] minima = new double[16];
  private double[] maxima = new double[16];
  private double[] lasts = new double[16];
  private int size;

  Rollups(long widthMillis) {
    this.widthMillis = widthMillis;
  }

  void add(long timeMillis, double value) {
    int at = bucket(timeMillis);
    counts[at]++;
    sums[at] += value;
    minima[at] = Math.min(minima[at], value);
    maxima[at] = Math.max(maxima[at], value);
    if (timeMillis >= lastTimes[at]) {
      lastTimes[at] = timeMillis;
      lasts[at] = value;
    }
  }

  /**
   * Adds a bucket of others, not wider than these, whose samples came after all that these have.
   */
  void add(Rollups others, int other) {
    int at = bucket(others.starts[other]);
    counts[at] += others.counts[other];
    sums[at] += others.sums[other];
    minima[at] = Math.min(minima[at], others.minima[other]);
    maxima[at] = Math.max(maxima[at], others.maxima[other]);
    if (others.lastTimes[other] >= lastTimes[at]) {
      lastTimes[at] = others.lastTimes[other];
      lasts[at] = others.lasts[other];
    }
  }

  int size() {
    return size;
  }

  long start(int bucket) {
    return starts[bucket];
  }

  long[] starts() {
    return Arrays.copyOf(starts, size);
  }

  double[] values(Aggregation aggregation) {
    return switch (aggregation) {
      case AVG -> averages();
      case MIN -> Arrays.copyOf(minima, size);
      case MAX -> Arrays.copyOf(maxima, size);
      case LAST -> Arrays.copyOf(lasts, size);
    };
  }

  byte[] pack(ChunkWriter writer) {
    writer.clear().number(size);
    long before = 0;
    for (int i = 0; i < size; i++) {
      writer.number((starts[i] - before) / widthMillis);
      writer.number(counts[i]);
      writer.number(lastTimes[i] - starts[i]);
      before = starts[i];
    }
    writer.doubles(sums, size);
    writer.doubles(minima, size);
    writer.doubles(maxima, size);
    writer.doubles(lasts, size);
    return writer.finish();
  }

  static Rollups unpack(byte[] chunk, ChunkReader reader, long widthMillis)
      throws DamagedChunkException {
    reader.open(chunk);
    var rollups = new Rollups(widthMillis);
    int count = reader.count();
    rollups.resize(Math.max(16, count));
    rollups.size = count;
    long start = 0;
    for (int i = 0; i < count; i++) {
      start += reader.number() * widthMillis;
      rollups.starts[i] = start;
      rollups.counts[i] = reader.number();
      rollups.lastTimes[i] = start + reader.number();
    }
    reader.doubles(rollups.sums, count);
    reader.doubles(rollups.minima, count);
    reader.doubles(rollups.maxima, count);
    reader.doubles(rollups.lasts, count);
    return rollups;
  }

  private double[] averages() {
    var averages = new double[size];
    for (int i = 0; i < size; i++) {
      // A sum rounds; a mean outside the range of what it is the mean of would look odd.
      averages[i] = Math.clamp(sums[i] / counts[i], minima[i], maxima[i]);
    }
    return averages;
  }

  /** Returns where the bucket of a time is, made empty where there was none. */
  private int bucket(long timeMillis) {
    long start = Math.floorDiv(timeMillis, widthMillis) * widthMillis;
    if (size > 0 && starts[size - 1] == start) {
      return size - 1;
    }
    int found = Arrays.binarySearch(starts, 0, size, start);
    if (found >= 0) {
      return found;
    }
    insert(-found - 1, start);
    return -found - 1;
  }

  private void insert(int at, long start) {
    if (size == starts.length) {
      resize(size * 2);
    }
    for (var column : new long[][] {starts, counts, lastTimes}) {
      System.arraycopy(column, at, column, at + 1, size - at);
    }
    for (var column : new double[][] {sums, minima, maxima, lasts}) {
      System.arraycopy(column, at, column, at + 1, size - at);
    }
    starts[at] = start;
    counts[at] = 0;
    lastTimes[at] = Long.MIN_VALUE;
    sums[at] = 0;
    minima[at] = Double.POSITIVE_INFINITY;
    maxima[at] = Double.NEGATIVE_INFINITY;
    lasts[at] = 0;
    size++;
  }

  private void resize(int length) {
    starts = Arrays.copyOf(starts, length);
    counts = Arrays.copyOf(counts, length);
    lastTimes = Arrays.copyOf(lastTimes, length);
    sums = Arrays.copyOf(sums, length);
    minima = Arrays.copyOf(minima, length);
    maxima = Arrays.copyOf(maxima, length);
    lasts = Arrays.copyOf(lasts, length);
  }
}
