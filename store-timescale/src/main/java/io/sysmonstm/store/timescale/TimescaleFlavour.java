package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Hypertable, continuous aggregates, columnstore and policies of TimescaleDB. */
final class TimescaleFlavour implements Flavour {
  static final TimescaleFlavour INSTANCE = new TimescaleFlavour();

  // The extension is there, or can be made: its loader runs, and with the licence that has it all.
  private static final String POSSIBLE =
      """
      SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb'),
        current_setting('timescaledb.max_background_workers', true) IS NOT NULL
        AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb')\
      """;
  private static final String LICENSE =
      "SELECT current_setting('timescaledb.license', true) = 'timescale'";

  private TimescaleFlavour() {}

  /** Returns whether the server has the extension, which is made where it is not yet. */
  static boolean isPossible(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      boolean exists;
      boolean available;
      try (var row = statement.executeQuery(POSSIBLE)) {
        row.next();
        exists = row.getBoolean(1);
        available = row.getBoolean(2);
      }
      if (!exists && available) {
        statement.execute("CREATE EXTENSION IF NOT EXISTS timescaledb");
        exists = true;
      }
      if (!exists) {
        return false;
      }
      try (var row = statement.executeQuery(LICENSE)) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  @Override
  public List<Migration> migrations() {
    return List.of(Migration.of("timescale-001"));
  }

  @Override
  public void keep(Connection connection, Retention retention) throws SQLException {
    TimescalePolicies.of(retention).apply(connection);
  }

  @Override
  public Duration tendEvery() {
    return Duration.ofMinutes(10);
  }

  @Override
  public void tend(Connection connection, Retention retention) {}
}
