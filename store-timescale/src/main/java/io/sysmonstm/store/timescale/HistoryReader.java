package io.sysmonstm.store.timescale;

import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Resolution;
import io.sysmonstm.spi.TierPlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers one question on one unchanging state of the database. Confined to one thread. */
final class HistoryReader {
  private static final int FETCH_ROWS = 5_000;

  // Series by series, so that the first that has too many points ends it.
  private static final String RAW =
      """
      SELECT wanted.id, sample.time, sample.value
      FROM unnest(?::int[]) AS wanted (id)
      CROSS JOIN LATERAL (
        SELECT time, value FROM samples
        WHERE series_id = wanted.id AND time >= ? AND time < ?
        ORDER BY time LIMIT ?) AS sample\
      """;
  private final Connection connection;
  private final Flavour flavour;
  private final HistoryQuery query;
  private final QueryBudget budget;

  HistoryReader(Connection connection, Flavour flavour, HistoryQuery query, QueryBudget budget) {
    this.connection = connection;
    this.flavour = flavour;
    this.query = query;
    this.budget = budget;
  }

  HistoryResult answer(Instant now, Retention keep) throws SQLException {
    var series = StoredSeries.find(connection, query);
    if (query.step().isEmpty() && !query.from().isBefore(now.minus(keep.raw()))) {
      var raw = samples(series);
      if (raw.isPresent()) {
        return new HistoryResult(Resolution.RAW, Duration.ZERO, raw.get());
      }
    }
    var plan = TierPlan.of(query, now, keep.raw(), keep.minutes());
    QueryBudget.checkBuckets(query, plan.step());
    return new HistoryResult(plan.resolution(), plan.step(), buckets(series, plan));
  }

  /** Returns the samples one by one; nothing where one series has more than are asked for. */
  private Optional<List<HistorySeries>> samples(List<StoredSeries> series) throws SQLException {
    if (series.isEmpty()) {
      return Optional.of(List.of());
    }
    try (var select = connection.prepareStatement(RAW)) {
      select.setArray(1, ids(series));
      select.setTimestamp(2, up(query.from()));
      select.setTimestamp(3, up(query.to()));
      select.setInt(4, query.maxPoints() + 1);
      var points = points(select, query.maxPoints());
      return points.map(found -> named(series, found));
    }
  }

  private List<HistorySeries> buckets(List<StoredSeries> series, TierPlan plan)
      throws SQLException {
    if (series.isEmpty()) {
      return List.of();
    }
    long step = plan.step().toMillis();
    long from = Math.ceilDiv(up(query.from()).getTime(), step) * step;
    var sql =
        """
        SELECT series_id, date_bin(?::interval, time, timestamptz 'epoch') AS bucket, %s
        FROM %s
        WHERE series_id = ANY (?::int[]) AND time >= ? AND time < ?
        GROUP BY 1, 2 ORDER BY 1, 2\
        """
            .formatted(value(plan.resolution()), table(plan.resolution()));
    try (var select = connection.prepareStatement(sql)) {
      select.setString(1, step + " milliseconds");
      select.setArray(2, ids(series));
      select.setTimestamp(3, new Timestamp(from));
      select.setTimestamp(4, up(query.to()));
      return named(series, points(select, Integer.MAX_VALUE).orElseThrow());
    }
  }

  private Optional<Map<Integer, Points>> points(PreparedStatement select, int mostPerSeries)
      throws SQLException {
    budget.checkTime();
    budget.restart();
    select.setFetchSize(FETCH_ROWS);
    var found = new HashMap<Integer, Points>();
    var current = new Points();
    int currentId = 0;
    try (var rows = select.executeQuery()) {
      while (rows.next()) {
        int id = rows.getInt(1);
        if (id != currentId) {
          current = new Points();
          currentId = id;
          found.put(id, current);
        }
        if (current.size() == mostPerSeries) {
          return Optional.empty();
        }
        budget.spendPoint();
        current.add(rows.getTimestamp(2).getTime(), rows.getDouble(3));
      }
    }
    return Optional.of(found);
  }

  private static List<HistorySeries> named(List<StoredSeries> series, Map<Integer, Points> found) {
    var named = new ArrayList<HistorySeries>(found.size());
    for (var each : series) {
      var points = found.get(each.id());
      if (points != null) {
        named.add(each.points(points));
      }
    }
    return named;
  }

  private java.sql.Array ids(List<StoredSeries> series) throws SQLException {
    return connection.createArrayOf("int4", series.stream().map(StoredSeries::id).toArray());
  }

  private static String table(Resolution tier) {
    return switch (tier) {
      case RAW -> "samples";
      case MINUTE -> "samples_1m";
      case HOUR -> "samples_1h";
    };
  }

  // A sum rounds; a mean outside the range of what it is the mean of would look odd.
  private String value(Resolution tier) {
    boolean raw = tier == Resolution.RAW;
    return switch (query.aggregation()) {
      case AVG ->
          raw
              ? "greatest(least(avg(value), max(value)), min(value))"
              : "greatest(least(sum(sum) / sum(count), max(max)), min(min))";
      case MIN -> raw ? "min(value)" : "min(min)";
      case MAX -> raw ? "max(value)" : "max(max)";
      case LAST -> flavour.last(raw ? "value" : "last");
    };
  }

  // What is stored has whole milliseconds.
  private static Timestamp up(Instant instant) {
    return new Timestamp(instant.plusNanos(999_999).toEpochMilli());
  }
}
