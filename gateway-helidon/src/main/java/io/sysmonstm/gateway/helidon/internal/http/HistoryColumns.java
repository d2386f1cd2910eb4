package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.Aggregation;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.gateway.helidon.internal.json.HistoryAnswer;
import io.sysmonstm.spi.HistoryStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks a store for several aggregates of the same buckets. A store answers one at a time, so this
 * asks it in turn, and only where there are buckets: a raw sample is its own minimum and maximum.
 */
final class HistoryColumns {
  private record Key(String machineId, Labels labels) {
    static Key of(HistorySeries series) {
      return new Key(series.machineId(), series.labels());
    }
  }

  private HistoryColumns() {}

  static HistoryAnswer read(
      HistoryStore store, HistoryQuery query, List<Aggregation> aggregations) {
    var first = store.query(query);
    var names = aggregations.stream().map(HistoryCall::text).toList();
    if (first.step().isZero()) {
      return new HistoryAnswer(first, names.subList(0, 1), List.of());
    }
    // The same buckets again, whatever the clock of the store has passed meanwhile.
    var again = query.toBuilder().step(first.step());
    var further = new ArrayList<Map<Key, HistorySeries>>();
    for (var aggregation : aggregations.subList(1, aggregations.size())) {
      further.add(bySeries(store.query(again.aggregation(aggregation).build())));
    }
    return new HistoryAnswer(
        first,
        names,
        first.series().stream()
            .map(series -> further.stream().map(found -> column(series, found)).toList())
            .toList());
  }

  private static Map<Key, HistorySeries> bySeries(HistoryResult result) {
    var found = new HashMap<Key, HistorySeries>();
    result.series().forEach(series -> found.put(Key.of(series), series));
    return found;
  }

  /**
   * Returns the values at the times of a series; NaN where the other question had no such point.
   */
  private static double[] column(HistorySeries series, Map<Key, HistorySeries> found) {
    var column = new double[series.timesMillis().length];
    Arrays.fill(column, Double.NaN);
    var other = found.get(Key.of(series));
    if (other != null) {
      int at = 0;
      for (int i = 0; i < column.length; i++) {
        while (at < other.timesMillis().length
            && other.timesMillis()[at] < series.timesMillis()[i]) {
          at++;
        }
        if (at < other.timesMillis().length && other.timesMillis()[at] == series.timesMillis()[i]) {
          column[i] = other.values()[at];
        }
      }
    }
    return column;
  }
}
