package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the server's jobs do and when, derived from how long the tiers are kept. A rollup is
 * refreshed only as far back as the tier below is kept, since a refresh over what was dropped drops
 * the rollup too; and it is compressed only beyond that. Jobs begin one after the other, because
 * two that work on the same chunk may lock each other out.
 */
final class TimescalePolicies {
  // Bumped when the statements change.
  private static final String VERSION = "1";
  private static final String SETTING = "timescale-policies";

  private final Duration rawChunk;
  private final Duration rawCompress;
  private final Duration minuteChunk;
  private final Duration minuteRefresh;
  private final Duration minuteCompress;
  private final Duration hourChunk;
  private final Duration hourRefresh;
  private final Duration hourCompress;
  private final Retention keep;

  private TimescalePolicies(Retention keep) {
    this.keep = keep;
    rawChunk = clamp(keep.raw().dividedBy(24), Duration.ofHours(1), Duration.ofDays(1));
    rawCompress = rawChunk.multipliedBy(2);
    minuteRefresh = mostOf(keep.raw());
    minuteChunk = clamp(keep.minutes().dividedBy(30), Duration.ofHours(6), Duration.ofDays(7));
    minuteCompress = minuteRefresh.plus(minuteChunk);
    hourRefresh = min(mostOf(keep.minutes()), keep.raw().plusDays(1));
    hourChunk = clamp(keep.hours().dividedBy(24), Duration.ofDays(1), Duration.ofDays(30));
    hourCompress = hourRefresh.plus(hourChunk);
  }

  static TimescalePolicies of(Retention keep) {
    return new TimescalePolicies(keep);
  }

  /** Returns how long a sample surely lies in a chunk that was not compressed yet. */
  Duration openFor() {
    return rawCompress;
  }

  /** Makes the policies what they should be, unless this was done before for the same times. */
  void apply(Connection connection) throws SQLException {
    var wanted = VERSION + " " + keep;
    if (HistorySettings.is(connection, SETTING, wanted)) {
      return;
    }
    try (var statement = connection.createStatement()) {
      for (var sql : statements()) {
        statement.execute(sql);
      }
    }
    HistorySettings.put(connection, SETTING, wanted);
  }

  private List<String> statements() {
    var sql = new ArrayList<String>();
    for (var tier : List.of("samples", "samples_1m", "samples_1h")) {
      sql.add("SELECT remove_retention_policy('%s', if_exists => true)".formatted(tier));
      sql.add("CALL remove_columnstore_policy('%s', if_exists => true)".formatted(tier));
    }
    for (var tier : List.of("samples_1m", "samples_1h")) {
      sql.add("SELECT remove_continuous_aggregate_policy('%s', if_exists => true)".formatted(tier));
    }
    tier(sql, "samples", rawChunk, rawCompress, keep.raw(), 3);
    tier(sql, "samples_1m", minuteChunk, minuteCompress, keep.minutes(), 13);
    tier(sql, "samples_1h", hourChunk, hourCompress, keep.hours(), 23);
    sql.add(refresh("samples_1m", minuteRefresh, Duration.ofMinutes(1), Duration.ofMinutes(1), 1));
    sql.add(refresh("samples_1h", hourRefresh, Duration.ofHours(1), Duration.ofMinutes(30), 9));
    return sql;
  }

  private static void tier(
      List<String> sql, String tier, Duration chunk, Duration compress, Duration keep, int minute) {
    sql.add("SELECT set_chunk_time_interval('%s', %s)".formatted(tier, interval(chunk)));
    if (compress.compareTo(keep) < 0) {
      sql.add(
          "CALL add_columnstore_policy('%s', after => %s, schedule_interval => interval '1 hour', initial_start => now() + interval '%d minutes')"
              .formatted(tier, interval(compress), minute));
    }
    sql.add(
        "SELECT add_retention_policy('%s', drop_after => %s, schedule_interval => interval '1 hour', initial_start => now() + interval '%d minutes')"
            .formatted(tier, interval(keep), minute + 4));
  }

  private static String refresh(
      String tier, Duration start, Duration end, Duration every, int minute) {
    return "SELECT add_continuous_aggregate_policy('%s', start_offset => %s, end_offset => %s, schedule_interval => %s, initial_start => now() + interval '%d minutes')"
        .formatted(tier, interval(start), interval(end), interval(every), minute);
  }

  /** Returns a span that ends well before what is dropped, in whole minutes. */
  private static Duration mostOf(Duration kept) {
    return Duration.ofMinutes(kept.minus(kept.dividedBy(20)).toMinutes());
  }

  private static Duration clamp(Duration value, Duration least, Duration greatest) {
    return value.compareTo(least) < 0 ? least : min(value, greatest);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static String interval(Duration duration) {
    return "interval '%d seconds'".formatted(duration.toSeconds());
  }
}
