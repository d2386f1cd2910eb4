package io.sysmonstm.api;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Interns series and hands out their dense indexes. Bounded, so that a machine that invents labels
 * can exhaust neither memory nor the room of others. Series that had no sample for long, as those
 * of machines that are gone, make room for others. Thread-safe; looking up a series in use takes no
 * lock.
 *
 * <p>Time goes by in periods, and series note the one that they were last used in. A period ends
 * with the first series that is added after {@link #DEFAULT_FORGET_AFTER}; whatever was not used in
 * it is forgotten then. Nothing needs to be done for that, and nothing is, while no series come.
 */
public final class SeriesRegistry {
  /** The most series of one machine, unless told otherwise. */
  public static final int DEFAULT_MAX_SERIES_PER_MACHINE = 2_000;

  /** The most series in all, unless told otherwise. */
  public static final int DEFAULT_MAX_SERIES = 500_000;

  /**
   * Series without a sample for as long may be forgotten, unless told otherwise. No stream lasts as
   * long, so that none holds on to a series that is forgotten.
   */
  public static final Duration DEFAULT_FORGET_AFTER = Duration.ofHours(2);

  private record Key(String machineId, String metric, Labels labels) {
    // By hand: a record's own go through method handles, which are slow where code is interpreted,
    // as in a collector.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && metric.equals(key.metric)
          && machineId.equals(key.machineId)
          && labels.equals(key.labels);
    }

    @Override
    public int hashCode() {
      return (machineId.hashCode() * 31 + metric.hashCode()) * 31 + labels.hashCode();
    }
  }

  private final int maxSeriesPerMachine;
  private final int maxSeries;
  private final long forgetAfterNanos;
  private final LongSupplier nanoClock;
  private final Map<Key, Series> byKey = new ConcurrentHashMap<>();
  private final SeriesUse use = new SeriesUse();
  // All guarded by this.
  private final Map<String, Integer> seriesPerMachine = new HashMap<>();
  private final List<@Nullable Key> keyByIndex = new ArrayList<>();
  private final Queue<Integer> freeIndexes = new ArrayDeque<>();
  private long periodSinceNanos;

  /** Creates a registry with the default bounds. */
  public SeriesRegistry() {
    this(DEFAULT_MAX_SERIES_PER_MACHINE, DEFAULT_MAX_SERIES);
  }

  /**
   * Creates a registry.
   *
   * @param maxSeriesPerMachine the most series of one machine
   * @param maxSeries the most series in all
   */
  public SeriesRegistry(int maxSeriesPerMachine, int maxSeries) {
    this(maxSeriesPerMachine, maxSeries, DEFAULT_FORGET_AFTER, System::nanoTime);
  }

  /**
   * Creates a registry.
   *
   * @param maxSeriesPerMachine the most series of one machine
   * @param maxSeries the most series in all
   * @param forgetAfter series without a sample for as long may be forgotten; longer than any stream
   *     lasts
   * @param nanoClock the monotonic clock, in nanoseconds; only asked when series are added
   */
  public SeriesRegistry(
      int maxSeriesPerMachine, int maxSeries, Duration forgetAfter, LongSupplier nanoClock) {
    this.maxSeriesPerMachine = maxSeriesPerMachine;
    this.maxSeries = maxSeries;
    this.forgetAfterNanos = forgetAfter.toNanos();
    this.nanoClock = nanoClock;
    this.periodSinceNanos = nanoClock.getAsLong();
  }

  /**
   * {@return the series of a machine, metric and labels, made at the first call; empty where a
   * bound is reached} Series that exist are always found. Counts as a use of the series.
   *
   * @param machineId a valid machine id
   * @param metric a valid metric name
   * @param labels valid labels
   * @throws RequestException with {@link ErrorCode#INVALID_ARGUMENT} where the metric name is not
   *     valid
   */
  public Optional<Series> intern(String machineId, String metric, Labels labels) {
    var key = new Key(machineId, metric, labels);
    var known = byKey.get(key);
    // One of an earlier period could be forgotten in this very moment.
    return known != null && known.isUsedIn(use.period) ? Optional.of(known) : findOrAdd(key);
  }

  private synchronized Optional<Series> findOrAdd(Key key) {
    var known = byKey.get(key);
    if (known != null) {
      known.use();
      return Optional.of(known);
    }
    if (nanoClock.getAsLong() - periodSinceNanos >= forgetAfterNanos) {
      endPeriod();
    }
    int ofMachine = seriesPerMachine.getOrDefault(key.machineId, 0);
    if (ofMachine >= maxSeriesPerMachine || byKey.size() >= maxSeries) {
      return Optional.empty();
    }
    var descriptor = MetricRegistry.builtIn().describe(key.metric);
    var series = new Series(key.machineId, descriptor, key.labels, takeIndex(key), use);
    byKey.put(key, series);
    seriesPerMachine.put(key.machineId, ofMachine + 1);
    return Optional.of(series);
  }

  // The index that was free for the longest.
  private int takeIndex(Key key) {
    var free = freeIndexes.poll();
    if (free == null) {
      keyByIndex.add(key);
      return keyByIndex.size() - 1;
    }
    keyByIndex.set(free, key);
    return free;
  }

  private void endPeriod() {
    for (int index = 0; index < keyByIndex.size(); index++) {
      var key = keyByIndex.get(index);
      var series = key == null ? null : byKey.get(key);
      if (key != null && series != null && !series.isUsedIn(use.period)) {
        series.forget();
        byKey.remove(key);
        keyByIndex.set(index, null);
        freeIndexes.add(index);
        seriesPerMachine.computeIfPresent(
            key.machineId, (machine, count) -> count == 1 ? null : count - 1);
      }
    }
    use.period++;
    periodSinceNanos = nanoClock.getAsLong();
  }

  /** {@return the number of series that are not forgotten; every index is less than the bound} */
  public int size() {
    return byKey.size();
  }

  /** {@return the bound on the series of one machine} */
  public int maxSeriesPerMachine() {
    return maxSeriesPerMachine;
  }
}
