package io.sysmonstm.alerts.engine;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resolution;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntToDoubleFunction;

/** History that a test has made up; what is before some time is there by the minute alone. */
public final class FixedHistory implements HistoryStore {
  private record Key(String machineId, String metric, Labels labels) {}

  private final Map<Key, TreeMap<Long, Double>> series = new LinkedHashMap<>();
  private Instant rawSince = Instant.EPOCH;
  private boolean closed;

  /** Creates one without points. */
  public FixedHistory() {}

  /** Adds points; the values by their number. */
  public void put(
      String machine,
      String metric,
      Labels labels,
      Instant from,
      int stepSeconds,
      int count,
      IntToDoubleFunction value) {
    var points = series.computeIfAbsent(new Key(machine, metric, labels), key -> new TreeMap<>());
    for (int i = 0; i < count; i++) {
      points.put(from.toEpochMilli() + i * 1_000L * stepSeconds, value.applyAsDouble(i));
    }
  }

  /** Takes points that are a minute apart and earlier than that for averages. */
  public void rollUpBefore(Instant time) {
    rawSince = time;
  }

  @Override
  public HistoryResult query(HistoryQuery query) {
    if (closed) {
      throw new StoreUnavailableException("the test closed it", null);
    }
    List<HistorySeries> found = new ArrayList<>();
    series.forEach(
        (key, all) -> {
          var points = all.subMap(query.from().toEpochMilli(), query.to().toEpochMilli());
          if (key.metric.equals(query.metric())
              && !points.isEmpty()
              && (query.machines().isEmpty() || query.machines().contains(key.machineId))
              && key.labels.asMap().entrySet().containsAll(query.labels().entrySet())) {
            found.add(
                new HistorySeries(
                    key.machineId,
                    key.metric,
                    key.labels,
                    points.keySet().stream().mapToLong(Long::longValue).toArray(),
                    points.values().stream().mapToDouble(Double::doubleValue).toArray()));
          }
        });
    return query.from().isBefore(rawSince)
        ? new HistoryResult(Resolution.MINUTE, Duration.ofMinutes(1), found)
        : new HistoryResult(Resolution.RAW, Duration.ZERO, found);
  }

  @Override
  public void append(List<Batch> batches) {
    throw new UnsupportedOperationException("only read");
  }

  @Override
  public Map<UUID, SeqRanges> committed(String machineId) {
    return Map.of();
  }

  @Override
  public Map<String, List<Sample>> newest(Instant since) {
    return Map.of();
  }

  @Override
  public Health health() {
    return Health.ok();
  }

  @Override
  public void close() {
    closed = true;
  }
}
