package io.sysmonstm.store.embedded;

import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;

/**
 * A series as the database knows it.
 *
 * @param id its id
 * @param machine the id of its machine
 * @param machineId the machine
 * @param metric the metric's name
 * @param labels its labels
 */
record StoredSeries(int id, int machine, String machineId, String metric, Labels labels) {
  private static final String SELECT =
      """
      SELECT series.id, machine.id, machine.name, series.labels
      FROM machine JOIN series ON series.machine = machine.id AND series.metric = ?\
      """;

  private static final String SELECT_ALL =
      """
      SELECT series.id, machine.id, machine.name, series.labels, series.metric
      FROM series JOIN machine ON machine.id = series.machine\
      """;

  HistorySeries points(long[] timesMillis, double[] values) {
    return new HistorySeries(machineId, metric, labels, timesMillis, values);
  }

  /** Returns the series that are asked for, by machine and then by labels. */
  static List<List<StoredSeries>> find(Session session, HistoryQuery query) throws SQLException {
    var byMachine = new TreeMap<String, List<StoredSeries>>();
    if (query.machines().isEmpty()) {
      collect(session.prepare(SELECT), query, byMachine);
    } else {
      for (var machine : new LinkedHashSet<>(query.machines())) {
        var select = session.prepare(SELECT + " WHERE machine.name = ?");
        select.setString(2, machine);
        collect(select, query, byMachine);
      }
    }
    return byMachine.values().stream()
        .map(series -> series.stream().sorted((a, b) -> a.labels.compareTo(b.labels)).toList())
        .toList();
  }

  /** Returns all series, by machine, in no other order. */
  static List<List<StoredSeries>> all(Session session) throws SQLException {
    var byMachine = new TreeMap<String, List<StoredSeries>>();
    var select = session.prepare(SELECT_ALL);
    try (var rows = select.executeQuery()) {
      while (rows.next()) {
        var machine = rows.getString(3);
        byMachine
            .computeIfAbsent(machine, first -> new ArrayList<>())
            .add(
                new StoredSeries(
                    rows.getInt(1),
                    rows.getInt(2),
                    machine,
                    rows.getString(5),
                    LabelText.read(rows.getString(4))));
      }
    }
    return List.copyOf(byMachine.values());
  }

  private static void collect(
      PreparedStatement select, HistoryQuery query, TreeMap<String, List<StoredSeries>> byMachine)
      throws SQLException {
    select.setString(1, query.metric());
    try (var rows = select.executeQuery()) {
      while (rows.next()) {
        var labels = LabelText.read(rows.getString(4));
        if (labels.asMap().entrySet().containsAll(query.labels().entrySet())) {
          var machine = rows.getString(3);
          byMachine
              .computeIfAbsent(machine, first -> new ArrayList<>())
              .add(
                  new StoredSeries(
                      rows.getInt(1), rows.getInt(2), machine, query.metric(), labels));
        }
      }
    }
  }
}
