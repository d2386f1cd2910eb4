package io.sysmonstm.store.timescale;

import io.sysmonstm.api.Sample;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The newest sample of each series: one step into the index for each, however much is stored. */
final class NewestSamples {
  private static final String SELECT =
      """
      SELECT machines.name, series.metric, %s, newest.time, newest.value
      FROM series JOIN machines ON machines.id = series.machine
      CROSS JOIN LATERAL (
        SELECT time, value FROM samples
        WHERE series_id = series.id AND time >= ?
        ORDER BY time DESC LIMIT 1) AS newest\
      """
          .formatted(LabelArrays.READ);

  private NewestSamples() {}

  static Map<String, List<Sample>> since(Connection connection, Instant since) throws SQLException {
    var byMachine = new HashMap<String, List<Sample>>();
    try (var select = connection.prepareStatement(SELECT)) {
      select.setTimestamp(1, Timestamp.from(since));
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          byMachine
              .computeIfAbsent(rows.getString(1), first -> new ArrayList<>())
              .add(
                  new Sample(
                      rows.getString(2),
                      LabelArrays.read(rows.getArray(3)),
                      rows.getTimestamp(4).toInstant(),
                      rows.getDouble(5)));
        }
      }
    }
    return byMachine;
  }
}
