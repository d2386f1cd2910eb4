package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.EventLog;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.postgresql.PGConnection;

/**
 * A PostgreSQL without the extension. Samples and rollups lie in native partitions, made ahead and
 * dropped when they are too old. An append marks the minutes and hours of the machines it has
 * samples of; a bucket that is marked is made from the samples when it is asked for, and rolled up
 * a little after its end.
 */
final class PlainFlavour implements Flavour {
  static final PlainFlavour INSTANCE = new PlainFlavour();

  private interface Change {
    boolean make() throws SQLException;
  }

  private static final EventLog LOG = EventLog.of(PlainFlavour.class);
  private static final Partitions SAMPLES = new Partitions("samples", 1);
  private static final Partitions MINUTES = new Partitions("rollups_1m", 1);
  private static final Partitions HOURS = new Partitions("rollups_1h", 30);
  private static final List<Partitions> TIERS = List.of(SAMPLES, MINUTES, HOURS);
  private static final int DAYS_AHEAD = 2;
  private static final long MINUTES_PER_DAY = 1440;
  // Later samples are not lost, but cost more.
  private static final Duration MINUTE_DONE_AFTER = Duration.ofSeconds(75);
  private static final Duration HOUR_DONE_AFTER = Duration.ofMinutes(62);
  private static final int MARKS_AT_ONCE = 100;
  private static final Duration TURN = Duration.ofSeconds(4);
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private PlainFlavour() {}

  @Override
  public List<Migration> migrations() {
    return List.of(Migration.of("plain-001"), Migration.of("samples-001"));
  }

  @Override
  public boolean hasExtension() {
    return false;
  }

  @Override
  public void keep(Connection connection, Retention retention) {
    // Tending does it.
  }

  @Override
  public Duration tendEvery() {
    return Duration.ofMinutes(1);
  }

  @Override
  public Optional<String> tend(Connection connection, Retention retention) throws SQLException {
    tend(connection, retention, now(connection));
    return Optional.empty();
  }

  void tend(Connection connection, Retention retention, Instant now) throws SQLException {
    // A question that was planned before a partition came does not look into it, so that nothing is
    // put there in the same transaction; and while one is dropped, others wait.
    boolean isChanged = makeAhead(connection, retention, now);
    isChanged |= unlessInUse(connection, () -> dropOld(connection, retention, now));
    if (!isChanged) {
      rollUp(connection, "roll_up_1m", now.minus(MINUTE_DONE_AFTER), TURN);
      rollUp(connection, "roll_up_1h", now.minus(HOUR_DONE_AFTER), TURN.dividedBy(2));
    }
  }

  @Override
  public String prepare(Connection connection, Retention retention, AppendedMinutes batches)
      throws SQLException {
    try (var prepare = connection.prepareStatement("SELECT samples_prepare(?)")) {
      prepare.setArray(1, array(connection, "int8", batches.minutes()));
      if (isTrue(prepare)) {
        return "samples";
      }
    }
    if (SAMPLES.begins(connection).isEmpty()) {
      boolean _ = makeAhead(connection, retention, now(connection));
    }
    return makeRoom(connection, batches) ? "samples" : "samples_late";
  }

  @Override
  public void choose(Connection connection, Retention retention, CopyBuffer rows, Duration age) {
    // There is one way only.
  }

  @Override
  public void appended(Connection connection, AppendedMinutes batches) throws SQLException {
    try (var mark = connection.prepareStatement("SELECT samples_appended(?, ?)")) {
      mark.setArray(1, array(connection, "int4", batches.machines()));
      mark.setArray(2, array(connection, "int8", batches.minutes()));
      if (!isTrue(mark)) {
        return;
      }
    }
    try (var statement = connection.createStatement()) {
      statement.execute("SELECT place_late_samples()");
    }
  }

  @Override
  public String last(String column) {
    return "(array_agg(%s ORDER BY time DESC))[1]".formatted(column);
  }

  /**
   * Makes the partitions that are missing; returns whether there is one for all samples. Those of
   * days before the first are gone, and are not begun again with what comes late.
   */
  private static boolean makeRoom(Connection connection, AppendedMinutes batches)
      throws SQLException {
    var first = SAMPLES.begins(connection).first();
    var days = new TreeSet<LocalDate>();
    for (long minute : batches.minutes()) {
      days.add(LocalDate.ofEpochDay(minute / MINUTES_PER_DAY));
    }
    for (var day : days) {
      for (var tier : TIERS) {
        if (!tier.equals(SAMPLES) || !day.isBefore(first)) {
          tier.make(connection, day);
        }
      }
    }
    return !days.first().isBefore(first);
  }

  private static boolean makeAhead(Connection connection, Retention retention, Instant now)
      throws SQLException {
    var today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    var first = LocalDate.ofInstant(now.minus(retention.raw()), ZoneOffset.UTC);
    int made = 0;
    for (var tier : TIERS) {
      made += tier.makeAhead(connection, first, today.plusDays(DAYS_AHEAD));
    }
    return made > 0;
  }

  private static boolean dropOld(Connection connection, Retention retention, Instant now)
      throws SQLException {
    boolean isDropped =
        dropEnded(connection, SAMPLES, now.minus(retention.raw()), "roll_up_1m", "unrolled_1m");
    if (!isDropped) {
      isDropped =
          dropEnded(
              connection, MINUTES, now.minus(retention.minutes()), "roll_up_1h", "unrolled_1h");
    }
    return isDropped || dropEnded(connection, HOURS, now.minus(retention.hours()), "", "");
  }

  /** Drops what ended before a time, after it was rolled up. */
  private static boolean dropEnded(
      Connection connection, Partitions tier, Instant before, String rollUp, String marks)
      throws SQLException {
    var ended = tier.ended(connection, before);
    if (ended.isEmpty()) {
      return false;
    }
    try (var statement = connection.createStatement()) {
      statement.execute("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE".formatted(tier.table()));
    }
    if (!tier.equals(HOURS)) {
      var end = tier.endOf(ended.last());
      rollUp(connection, rollUp, end, TURN);
      if (isMarkedBefore(connection, marks, end)) {
        return true; // the rest of the marks at the next turn
      }
    }
    for (var begin : ended) {
      tier.drop(connection, begin);
      LOG.info(
          "history_dropped",
          "history that is too old was dropped",
          "table",
          tier.table(),
          "from",
          begin.toString());
    }
    return true;
  }

  /** Does something that needs a table for itself; gives way to who uses it for long. */
  private static boolean unlessInUse(Connection connection, Change change) throws SQLException {
    var savepoint = connection.setSavepoint();
    try (var statement = connection.createStatement()) {
      statement.execute("SET LOCAL lock_timeout = '1s'");
      boolean isChanged = change.make();
      connection.releaseSavepoint(savepoint);
      return isChanged;
    } catch (SQLException e) {
      if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
      connection.rollback(savepoint);
      return false;
    }
  }

  private static boolean isMarkedBefore(Connection connection, String marks, Instant time)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            "SELECT EXISTS (SELECT FROM %s WHERE time < ?)".formatted(marks))) {
      select.setObject(1, time.atOffset(ZoneOffset.UTC));
      return isTrue(select);
    }
  }

  /** Rolls up what is marked before a time, until nothing is left or the turn is over. */
  private static void rollUp(Connection connection, String function, Instant before, Duration turn)
      throws SQLException {
    long begin = System.nanoTime();
    try (var call = connection.prepareStatement("SELECT %s(?, ?)".formatted(function))) {
      call.setObject(1, before.atOffset(ZoneOffset.UTC));
      call.setInt(2, MARKS_AT_ONCE);
      int found;
      do {
        try (var row = call.executeQuery()) {
          row.next();
          found = row.getInt(1);
        }
      } while (found == MARKS_AT_ONCE && System.nanoTime() - begin < turn.toNanos());
    }
  }

  private static boolean isTrue(PreparedStatement query) throws SQLException {
    try (var row = query.executeQuery()) {
      row.next();
      return row.getBoolean(1);
    }
  }

  private static Array array(Connection connection, String type, Object primitives)
      throws SQLException {
    return connection.unwrap(PGConnection.class).createArrayOf(type, primitives);
  }

  private static Instant now(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT now()")) {
      row.next();
      return row.getObject(1, OffsetDateTime.class).toInstant();
    }
  }
}
