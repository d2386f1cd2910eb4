package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Series;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What series are called in the database; a known one costs two array reads. Guarded by the
 * writer's lock.
 */
final class SeriesIds {
  private @Nullable Series[] known = new @Nullable Series[1024];
  private int[] ids = new int[1024];
  private final BitSet used = new BitSet();

  /** Returns the id of a series, which is added where the database does not have it yet. */
  int of(Session session, Series series, int machine) throws SQLException {
    int index = series.index();
    if (index < known.length && known[index] == series) {
      return ids[index];
    }
    int id = find(session, series, machine);
    if (index >= known.length) {
      known = Arrays.copyOf(known, Math.max(index + 1, known.length * 2));
      ids = Arrays.copyOf(ids, known.length);
    }
    known[index] = series;
    ids[index] = id;
    used.set(id);
    return id;
  }

  /** Returns whether this process has written to a series. */
  boolean isUsed(int id) {
    return used.get(id);
  }

  /** Forgets all, after a transaction that may have added some was undone. */
  void forget() {
    Arrays.fill(known, null);
    used.clear();
  }

  private static int find(Session session, Series series, int machine) throws SQLException {
    var labels = LabelText.write(series.labels());
    var find =
        session.prepare("SELECT id FROM series WHERE metric = ? AND machine = ? AND labels = ?");
    find.setString(1, series.metric().name());
    find.setInt(2, machine);
    find.setString(3, labels);
    int id = (int) Session.numberOr(0, find);
    if (id != 0) {
      return id;
    }
    var add =
        session.prepare(
            "INSERT INTO series (metric, machine, labels) VALUES (?, ?, ?) RETURNING id");
    add.setString(1, series.metric().name());
    add.setInt(2, machine);
    add.setString(3, labels);
    return (int) Session.numberOr(0, add);
  }
}
