package io.sysmonstm.store.timescale;

import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A series as the database knows it.
 *
 * @param id its id
 * @param machineId the machine
 * @param metric the metric's name
 * @param labels its labels
 */
record StoredSeries(int id, String machineId, String metric, Labels labels) {
  private static final String FIND =
      """
      SELECT series.id, machines.name, %s
      FROM series JOIN machines ON machines.id = series.machine
      WHERE series.metric = ? AND series.labels @> jsonb_object(?::text[])\
      """
          .formatted(LabelArrays.READ);
  private static final String OF_MACHINES = " AND machines.name = ANY (?::text[])";

  /** Returns the series that are asked for, by machine and then by labels. */
  static List<StoredSeries> find(Connection connection, HistoryQuery query) throws SQLException {
    var found = new ArrayList<StoredSeries>();
    boolean everywhere = query.machines().isEmpty();
    try (var select = connection.prepareStatement(everywhere ? FIND : FIND + OF_MACHINES)) {
      select.setString(1, query.metric());
      select.setArray(2, connection.createArrayOf("text", LabelArrays.of(query.labels())));
      if (!everywhere) {
        select.setArray(3, connection.createArrayOf("text", query.machines().toArray()));
      }
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          var labels = LabelArrays.read(rows.getArray(3));
          found.add(new StoredSeries(rows.getInt(1), rows.getString(2), query.metric(), labels));
        }
      }
    }
    found.sort(Comparator.comparing(StoredSeries::machineId).thenComparing(StoredSeries::labels));
    return found;
  }

  HistorySeries points(Points points) {
    return new HistorySeries(machineId, metric, labels, points.times(), points.values());
  }
}
