package io.sysmonstm.store.timescale;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.MetricKind;
import io.sysmonstm.api.Series;
import io.sysmonstm.spi.EventLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What machines and series are called in the database; a known series costs two array reads. New
 * ones are added in transactions of their own, before samples of them are written, so that an id
 * that is known here stays good whatever becomes of the samples. Confined to the appending thread.
 */
final class SeriesIds {
  /** The id of a series that the server does not take. */
  static final int REFUSED = -1;

  private static final EventLog LOG = EventLog.of(SeriesIds.class);

  // In the order of the arrays, so that two processes that add the same do not lock each other out.
  private static final String ADD_MACHINES =
      """
      INSERT INTO machines (name)
      SELECT wanted FROM unnest(?::text[]) AS wanted
      WHERE NOT EXISTS (SELECT FROM machines WHERE name = wanted)
      ON CONFLICT DO NOTHING\
      """;
  private static final String FIND_MACHINES =
      "SELECT name, id FROM machines WHERE name = ANY (?::text[])";
  private static final String WANTED =
      """
      (SELECT ordinal, machine, metric, jsonb_object(labels::text[]) AS labels
       FROM unnest(?::int[], ?::text[], ?::text[])
         WITH ORDINALITY AS given (machine, metric, labels, ordinal)) AS wanted\
      """;
  private static final String SAME =
      """
      series.machine = wanted.machine AND series.metric = wanted.metric
      AND jsonb_hash_extended(series.labels, 0) = jsonb_hash_extended(wanted.labels, 0)\
      """;
  private static final String ADD_SERIES =
      """
      INSERT INTO series (machine, metric, labels)
      SELECT machine, metric, labels FROM %s
      WHERE NOT EXISTS (SELECT FROM series WHERE %s)
      ORDER BY ordinal
      ON CONFLICT DO NOTHING\
      """
          .formatted(WANTED, SAME);
  private static final String FIND_SERIES =
      "SELECT ordinal, id FROM %s JOIN series ON %s AND series.labels = wanted.labels"
          .formatted(WANTED, SAME);

  private final Database database;
  private final Map<String, Integer> machines = new HashMap<>();
  private @Nullable Series[] known = new @Nullable Series[1024];
  private int[] ids = new int[1024];
  // Of series that share their index with others of the same append: one was forgotten while its
  // samples waited, and the index given away.
  private final Map<Series, Integer> displaced = new HashMap<>();
  private int generation;

  SeriesIds(Database database) {
    this.database = database;
  }

  /** Returns whether history keeps a sample. */
  static boolean isKept(Batch batch, int sample) {
    return batch.series(sample).metric().kind() == MetricKind.GAUGE
        && Double.isFinite(batch.value(sample));
  }

  /** Makes the machines and series of batches known, and adds those that the database lacks. */
  void learn(List<Batch> batches) {
    displaced.clear();
    if (generation != database.generation()) {
      generation = database.generation();
      machines.clear();
      Arrays.fill(known, null);
    }
    var newMachines = new TreeSet<String>();
    var newSeries = new LinkedHashSet<Series>();
    for (var batch : batches) {
      if (!machines.containsKey(batch.machineId())) {
        newMachines.add(batch.machineId());
      }
      for (int i = 0; i < batch.size(); i++) {
        if (!isKnown(batch.series(i)) && isKept(batch, i)) {
          newSeries.add(batch.series(i));
        }
      }
    }
    if (!newMachines.isEmpty()) {
      database.write("add machines", connection -> addMachines(connection, newMachines));
    }
    if (!newSeries.isEmpty()) {
      var sorted = new ArrayList<>(newSeries);
      sorted.sort(
          Comparator.comparing(Series::machineId)
              .thenComparing(series -> series.metric().name())
              .thenComparing(Series::labels));
      addSeries(sorted);
    }
  }

  int machine(String machineId) {
    return machines.getOrDefault(machineId, REFUSED);
  }

  /** Returns the id of a series that was learnt. */
  int of(Series series) {
    int index = series.index();
    return known[index] == series ? ids[index] : displaced.getOrDefault(series, REFUSED);
  }

  private boolean isKnown(Series series) {
    return series.index() < known.length && known[series.index()] == series;
  }

  private boolean addMachines(Connection connection, Set<String> names) throws SQLException {
    var array = connection.createArrayOf("text", names.toArray());
    try (var add = connection.prepareStatement(ADD_MACHINES);
        var find = connection.prepareStatement(FIND_MACHINES)) {
      add.setArray(1, array);
      add.executeUpdate();
      find.setArray(1, array);
      try (var rows = find.executeQuery()) {
        while (rows.next()) {
          machines.put(rows.getString(1), rows.getInt(2));
        }
      }
      return true;
    }
  }

  // Halves what the server refuses, down to the one that it does not take.
  private void addSeries(List<Series> series) {
    boolean added =
        database.write(
            "add series",
            connection -> {
              try {
                return addSeries(connection, series);
              } catch (SQLException e) {
                if (SqlFailure.of(e) != SqlFailure.ROW) {
                  throw e;
                }
                connection.rollback();
                if (series.size() == 1) {
                  refuse(series.getFirst(), e);
                  return true;
                }
                return false;
              }
            });
    if (!added) {
      int middle = series.size() / 2;
      addSeries(series.subList(0, middle));
      addSeries(series.subList(middle, series.size()));
    }
  }

  private boolean addSeries(Connection connection, List<Series> series) throws SQLException {
    var arrays =
        List.of(
            connection.createArrayOf(
                "int4", series.stream().map(each -> machine(each.machineId())).toArray()),
            connection.createArrayOf(
                "text", series.stream().map(each -> each.metric().name()).toArray()),
            connection.createArrayOf(
                "text", series.stream().map(each -> LabelArrays.literal(each.labels())).toArray()));
    try (var add = connection.prepareStatement(ADD_SERIES);
        var find = connection.prepareStatement(FIND_SERIES)) {
      for (int i = 0; i < arrays.size(); i++) {
        add.setArray(i + 1, arrays.get(i));
        find.setArray(i + 1, arrays.get(i));
      }
      add.executeUpdate();
      var found = new int[series.size()];
      Arrays.fill(found, REFUSED);
      try (var rows = find.executeQuery()) {
        while (rows.next()) {
          found[rows.getInt(1) - 1] = rows.getInt(2);
        }
      }
      for (int i = 0; i < found.length; i++) {
        remember(series.get(i), found[i]);
      }
      return true;
    }
  }

  private void refuse(Series series, SQLException why) {
    remember(series, REFUSED);
    LOG.warn(
        "series_refused_by_history",
        "history does not take a series; its samples are left out",
        why,
        "machine",
        series.machineId(),
        "metric",
        series.metric().name());
  }

  private void remember(Series series, int id) {
    int index = series.index();
    if (index >= known.length) {
      known = Arrays.copyOf(known, Math.max(index + 1, known.length * 2));
      ids = Arrays.copyOf(ids, known.length);
    }
    var before = known[index];
    if (before != null && before != series) {
      displaced.put(before, ids[index]);
    }
    known[index] = series;
    ids[index] = id;
  }
}
