package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a server keeps the three tiers. Either makes the relations {@code samples} (time, series_id,
 * value), {@code samples_1m} and {@code samples_1h} (time, series_id, sum, count, min, max, last),
 * the latter two up to date with what was committed; all else is the same.
 */
sealed interface Flavour permits TimescaleFlavour, PlainFlavour {
  /** Returns the scripts that make the tiers, after machines and series and before the views. */
  List<Migration> migrations();

  /**
   * Arranges for how long the tiers are kept, where that is not yet so. Called by a process that
   * appends, after each start, in a transaction of its own.
   */
  void keep(Connection connection, Retention retention) throws SQLException;

  /**
   * Makes room for what an append is going to write, in its transaction.
   *
   * @param batches those that are new and have samples
   * @return the table to write the samples to
   */
  String prepare(Connection connection, Retention retention, AppendedMinutes batches)
      throws SQLException;

  /**
   * Chooses how the server stores the rows of an append, in its transaction, before they are sent.
   *
   * @param age how old the oldest of them is
   */
  void choose(Connection connection, Retention retention, CopyBuffer rows, Duration age)
      throws SQLException;

  /** Takes note of what an append has written, in its transaction, after the samples. */
  void appended(Connection connection, AppendedMinutes batches) throws SQLException;

  /** Returns how often {@link #tend} is called. */
  Duration tendEvery();

  /**
   * Does what has to be done from time to time, by one of the processes that append at a time, in a
   * transaction of its own.
   *
   * @return what does not work, for people
   */
  Optional<String> tend(Connection connection, Retention retention) throws SQLException;

  /** Returns whether it is the one with the extension. */
  boolean hasExtension();

  /** Returns the aggregate whose result is a column's value at the greatest time of a group. */
  String last(String column);

  /**
   * Returns the flavour that the schema was made for; for a new schema the one that the server can
   * do, after the extension was made where it can be.
   */
  static Flavour of(Connection connection) throws SQLException {
    var applied = Migrations.applied(connection);
    if (isMade(applied, TimescaleFlavour.INSTANCE)) {
      return TimescaleFlavour.INSTANCE;
    }
    return !isMade(applied, PlainFlavour.INSTANCE) && TimescaleFlavour.isPossible(connection)
        ? TimescaleFlavour.INSTANCE
        : PlainFlavour.INSTANCE;
  }

  private static boolean isMade(Map<String, String> applied, Flavour flavour) {
    return applied.containsKey(flavour.migrations().getFirst().name());
  }
}
