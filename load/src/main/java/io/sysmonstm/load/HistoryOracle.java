package io.sysmonstm.load;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads PostgreSQL from outside, through the view that people use, and compares it with what
 * simulated machines made: each sample there, once, with the value that it must have.
 */
public final class HistoryOracle {
  private static final int MOST_PROBLEMS = 20;

  private final String jdbcUrl;

  /**
   * Describes where to look.
   *
   * @param jdbcUrl the database, with user and password in it
   */
  public HistoryOracle(String jdbcUrl) {
    this.jdbcUrl = jdbcUrl;
  }

  /**
   * What was found.
   *
   * @param rows how many samples there are
   * @param missing how many there should be and are not
   * @param doubled how many are there more than once
   * @param strange how many are there that no machine has made
   * @param problems a few of them, and values that are false, for people
   */
  public record Verdict(
      long rows, long missing, long doubled, long strange, List<String> problems) {
    /** Copies the list. */
    public Verdict {
      problems = List.copyOf(problems);
    }

    /** Returns whether history is exactly what was sent. */
    public boolean isExact() {
      return missing == 0 && doubled == 0 && strange == 0 && problems.isEmpty();
    }
  }

  /**
   * Looks at all batches of all machines.
   *
   * @param machines what made them; they must have stopped
   * @param workload what each batch is made of
   */
  public Verdict judge(List<SimulatedMachine> machines, Workload workload) throws SQLException {
    long rows = 0;
    long missing = 0;
    long doubled = 0;
    long strange = 0;
    var problems = new ArrayList<String>();
    for (var machine : machines) {
      var found = samplesBySeq(machine.id());
      strange += rows(machine.id());
      for (long seq = 1; seq <= machine.lastSeq(); seq++) {
        var samples = found.getOrDefault(seq, List.of());
        rows += samples.size();
        strange -= samples.size();
        missing += Math.max(0, workload.series() - samples.size());
        doubled += Math.max(0, samples.size() - workload.series());
        var wrong = wrong(samples, machine.number(), seq, workload);
        if (!wrong.isEmpty() && problems.size() < MOST_PROBLEMS) {
          problems.add("%s seq %d: %s".formatted(machine.id(), seq, wrong));
        }
      }
    }
    return new Verdict(rows, missing, doubled, strange, problems);
  }

  private static String wrong(List<Double> samples, int machine, long seq, Workload workload) {
    var expected = new ArrayList<Double>();
    for (int i = 0; i < workload.series(); i++) {
      expected.add(Workload.value(machine, seq, i));
    }
    expected.sort(null);
    var sorted = samples.stream().sorted().toList();
    return sorted.equals(expected) ? "" : "expected %s, found %s".formatted(expected, sorted);
  }

  private long rows(String machineId) throws SQLException {
    try (var connection = DriverManager.getConnection(jdbcUrl);
        var statement =
            connection.prepareStatement(
                "SELECT count(*) FROM metric_samples WHERE machine_id = ?")) {
      statement.setString(1, machineId);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  // A machine makes no two batches at one time, so that the time leads from a sample to its batch.
  private Map<Long, List<Double>> samplesBySeq(String machineId) throws SQLException {
    var query =
        """
        SELECT marker.value, sample.value
        FROM metric_samples sample
        JOIN (SELECT DISTINCT time, value FROM metric_samples
              WHERE machine_id = ? AND metric = ?) marker USING (time)
        WHERE sample.machine_id = ?
        """;
    var found = new HashMap<Long, List<Double>>();
    try (var connection = DriverManager.getConnection(jdbcUrl);
        var statement = connection.prepareStatement(query)) {
      statement.setString(1, machineId);
      statement.setString(2, Workload.SEQ_METRIC);
      statement.setString(3, machineId);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found
              .computeIfAbsent((long) rows.getDouble(1), absent -> new ArrayList<>())
              .add(rows.getDouble(2));
        }
      }
    }
    return found;
  }
}
