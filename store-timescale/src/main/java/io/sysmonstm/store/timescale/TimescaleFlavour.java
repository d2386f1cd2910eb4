package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

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

  // Writes straight into the columnstore, without a row and an entry of the index for each sample.
  // Pays from some four samples of a series on; fewer cost more than as rows do. Chunks that were
  // compressed once are left alone, since the next job would compress all of such a chunk again.
  private static final int PACKED_SAMPLES = 8;
  private static final String PACK =
      """
      SELECT set_config(name, 'on', true)
      FROM (VALUES ('timescaledb.enable_direct_compress_copy')) AS setting (name)
      WHERE current_setting(name, true) IS NOT NULL\
      """;

  // Once is no matter: two jobs on the same chunk may lock each other out, and one tries again.
  private static final String FAILING_JOBS =
      """
      SELECT jobs.application_name
      FROM timescaledb_information.jobs
      JOIN timescaledb_information.job_stats USING (job_id)
      WHERE jobs.hypertable_name IS NOT NULL AND job_stats.last_run_status = 'Failed'
        AND job_stats.total_failures > 2
        AND job_stats.last_successful_finish < now() - interval '3 hours'
      ORDER BY 1\
      """;

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
    return List.of(Migration.of("timescale-001"), Migration.of("samples-001"));
  }

  @Override
  public void keep(Connection connection, Retention retention) throws SQLException {
    TimescalePolicies.of(retention).apply(connection);
  }

  @Override
  public String prepare(Connection connection, Retention retention, AppendedMinutes batches) {
    return "samples";
  }

  @Override
  public void choose(Connection connection, Retention retention, CopyBuffer rows, Duration age)
      throws SQLException {
    boolean isOpen = age.compareTo(TimescalePolicies.of(retention).openFor()) < 0;
    if (isOpen && rows.size() >= (long) PACKED_SAMPLES * rows.series()) {
      try (var statement = connection.createStatement()) {
        statement.execute(PACK);
      }
    }
  }

  @Override
  public void appended(Connection connection, AppendedMinutes batches) {
    // The extension has seen it.
  }

  @Override
  public boolean hasExtension() {
    return true;
  }

  @Override
  public Duration tendEvery() {
    return Duration.ofMinutes(10);
  }

  @Override
  public Optional<String> tend(Connection connection, Retention retention) throws SQLException {
    var failing = new StringJoiner(", ");
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(FAILING_JOBS)) {
      while (rows.next()) {
        failing.add(rows.getString(1));
      }
    }
    return failing.length() == 0
        ? Optional.empty()
        : Optional.of("jobs of the database fail: " + failing);
  }

  @Override
  public String last(String column) {
    return "last(%s, time)".formatted(column);
  }
}
