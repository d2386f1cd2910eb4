package io.sysmonstm.store.embedded;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Silence;
import io.sysmonstm.api.SilenceFormat;
import io.sysmonstm.spi.EventLog;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of silences, each in the form people write it. */
final class SilenceRows {
  private static final EventLog LOG = EventLog.of(SilenceRows.class);

  private SilenceRows() {}

  /** Returns those that are not over, by begin. */
  static List<Silence> all(Session session, Instant now) throws SQLException {
    var query =
        session.prepare("SELECT id, starts, keys FROM silence WHERE ends > ? ORDER BY starts, id");
    query.setLong(1, UnixNanos.of(now));
    var silences = new ArrayList<Silence>();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        read(rows.getString(1), UnixNanos.instant(rows.getLong(2)), rows.getString(3))
            .ifPresent(silences::add);
      }
    }
    return silences;
  }

  static void put(Session session, Silence silence) throws SQLException {
    var put = session.prepare("REPLACE INTO silence (id, starts, ends, keys) VALUES (?, ?, ?, ?)");
    put.setString(1, silence.id());
    put.setLong(2, UnixNanos.of(silence.from()));
    put.setLong(3, UnixNanos.of(silence.to()));
    put.setString(4, keys(silence));
    put.executeUpdate();
  }

  /** Deletes one that is not over, and returns whether there was one. */
  static boolean delete(Session session, String id, Instant now) throws SQLException {
    var delete = session.prepare("DELETE FROM silence WHERE id = ? AND ends > ?");
    delete.setString(1, id);
    delete.setLong(2, UnixNanos.of(now));
    return delete.executeUpdate() > 0;
  }

  static void deleteOver(Session session, Instant now) throws SQLException {
    var delete = session.prepare("DELETE FROM silence WHERE ends <= ?");
    delete.setLong(1, UnixNanos.of(now));
    delete.executeUpdate();
  }

  static String keys(Silence silence) {
    return Json.write(SilenceFormat.write(silence));
  }

  /** Returns what is stored of a silence. */
  static Optional<String> keys(Session session, String id) throws SQLException {
    var query = session.prepare("SELECT keys FROM silence WHERE id = ?");
    query.setString(1, id);
    return Session.textOf(query);
  }

  private static Optional<Silence> read(String id, Instant from, String keys) {
    try {
      if (Json.read(keys).orElse("") instanceof Map<?, ?> map) {
        return Optional.of(SilenceFormat.read(map, id, from));
      }
      LOG.error("silence_not_readable", "a stored silence is left out", null, "silence", id);
    } catch (ConfigException e) {
      LOG.error("silence_not_readable", "a stored silence is left out", e, "silence", id);
    }
    return Optional.empty();
  }
}
