package io.sysmonstm.store.embedded;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Deletes what is older than it is kept, some series at a time, so that an append never waits long.
 */
final class Retention {
  private static final int SERIES_PER_TURN = 200;
  private static final int PAGES_PER_TURN = 500;
  private static final Duration FOR_EVER = Duration.ofDays(10_000);
  private static final Duration COMMITTED_AT_LEAST = Duration.ofDays(7);

  private final Database database;
  private final Map<Tier, Duration> keep;
  private final SeriesIds ids;
  private final LongAdder deleted;

  Retention(Database database, Map<Tier, Duration> keep, SeriesIds ids, LongAdder deleted) {
    this.database = database;
    this.keep = new EnumMap<>(keep);
    this.ids = ids;
    this.deleted = deleted;
  }

  /** Deletes all that is too old now. */
  void run(Instant now) {
    int last = 0;
    while (last >= 0) {
      int after = last;
      last = database.write("delete what is too old", session -> someSeries(session, after, now));
    }
    database.write(
        "delete what is too old",
        session -> {
          forgetCommitted(session, now);
          return true;
        });
    shrink();
  }

  private int someSeries(Session session, int after, Instant now) throws SQLException {
    var series = seriesAfter(session, after);
    for (int id : series) {
      boolean empty = true;
      for (var tier : Tier.values()) {
        deleted.add(deleteBefore(session, tier, id, now.minus(keep.getOrDefault(tier, FOR_EVER))));
        empty &= isEmpty(session, tier, id);
      }
      if (empty && !ids.isUsed(id)) {
        deleteSeries(session, id);
      }
    }
    return series.isEmpty() ? -1 : series.getLast();
  }

  private static int deleteBefore(Session session, Tier tier, int series, Instant cutoff)
      throws SQLException {
    var delete = session.prepare(tier.delete());
    delete.setLong(1, tier.key(series, 0));
    delete.setLong(2, tier.key(series, Math.max(0, cutoff.toEpochMilli())));
    return delete.executeUpdate();
  }

  private static boolean isEmpty(Session session, Tier tier, int series) throws SQLException {
    var exists = session.prepare(tier.exists());
    exists.setLong(1, tier.key(series, 0));
    exists.setLong(2, tier.key(series, Span.MAX_MILLIS));
    return Session.numberOr(0, exists) == 0;
  }

  private static List<Integer> seriesAfter(Session session, int after) throws SQLException {
    var query = session.prepare("SELECT id FROM series WHERE id > ? ORDER BY id LIMIT ?");
    query.setInt(1, after);
    query.setInt(2, SERIES_PER_TURN);
    var series = new ArrayList<Integer>();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        series.add(rows.getInt(1));
      }
    }
    return series;
  }

  /**
   * Deletes a series without chunks, unless its machine has batches in the journal, which may have
   * samples of it.
   */
  private static void deleteSeries(Session session, int id) throws SQLException {
    var delete =
        session.prepare(
            """
            DELETE FROM series WHERE id = ?
            AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.machine = series.machine)\
            """);
    delete.setInt(1, id);
    delete.executeUpdate();
  }

  private void forgetCommitted(Session session, Instant now) throws SQLException {
    var raw = keep.getOrDefault(Tier.RAW, COMMITTED_AT_LEAST).multipliedBy(2);
    var atLeast = raw.compareTo(COMMITTED_AT_LEAST) < 0 ? COMMITTED_AT_LEAST : raw;
    var delete = session.prepare("DELETE FROM committed WHERE updated < ?");
    delete.setLong(1, now.minus(atLeast).toEpochMilli());
    delete.executeUpdate();
  }

  /**
   * Gives pages back to the file system where more than a fifth of the file is empty; what is left
   * is used again.
   */
  private void shrink() {
    boolean more = true;
    while (more) {
      more =
          database.tend(
              "shrink",
              session -> {
                long free = session.askNumber("PRAGMA freelist_count");
                if (free * 5 <= session.askNumber("PRAGMA page_count")) {
                  return false;
                }
                session.execute("PRAGMA incremental_vacuum(" + PAGES_PER_TURN + ")");
                return session.askNumber("PRAGMA freelist_count") < free;
              });
    }
  }
}
