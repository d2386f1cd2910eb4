package io.sysmonstm.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Interns series and hands out their dense indexes. Bounded, so that a machine that invents labels
 * can exhaust neither memory nor the room of others. Thread-safe; looking up a known series takes
 * no lock.
 */
public final class SeriesRegistry {
  /** The most series of one machine, unless told otherwise. */
  public static final int DEFAULT_MAX_SERIES_PER_MACHINE = 2_000;

  /** The most series in all, unless told otherwise. */
  public static final int DEFAULT_MAX_SERIES = 500_000;

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
  private final Map<Key, Series> byKey = new ConcurrentHashMap<>();
  // Both guarded by this.
  private final Map<String, Integer> seriesPerMachine = new HashMap<>();
  private final List<Series> byIndex = new ArrayList<>();

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
    this.maxSeriesPerMachine = maxSeriesPerMachine;
    this.maxSeries = maxSeries;
  }

  /**
   * {@return the series of a machine, metric and labels, made at the first call; empty where a
   * bound is reached} Series that exist are always found.
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
    return known != null ? Optional.of(known) : add(key);
  }

  private synchronized Optional<Series> add(Key key) {
    var known = byKey.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    int ofMachine = seriesPerMachine.getOrDefault(key.machineId, 0);
    if (ofMachine >= maxSeriesPerMachine || byIndex.size() >= maxSeries) {
      return Optional.empty();
    }
    var descriptor = MetricRegistry.builtIn().describe(key.metric);
    var series = new Series(key.machineId, descriptor, key.labels, byIndex.size());
    byIndex.add(series);
    byKey.put(key, series);
    seriesPerMachine.put(key.machineId, ofMachine + 1);
    return Optional.of(series);
  }

  /** {@return the number of series, which is also the next index} */
  public synchronized int size() {
    return byIndex.size();
  }

  /** {@return the bound on the series of one machine} */
  public int maxSeriesPerMachine() {
    return maxSeriesPerMachine;
  }
}
