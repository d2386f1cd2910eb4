package io.sysmonstm.store.timescale;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Silence;
import io.sysmonstm.api.SilenceFormat;
import io.sysmonstm.spi.EventLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table {@code alert_silences}, each silence in the form people write it. */
final class SilenceRows {
  private static final EventLog LOG = EventLog.of(SilenceRows.class);
  private static final String ALL =
      """
      SELECT id, starts_at, definition FROM alert_silences WHERE ends_at > ?
      ORDER BY starts_at, id COLLATE "C"\
      """;
  private static final String PUT =
      """
      INSERT INTO alert_silences (id, starts_at, ends_at, definition) VALUES (?, ?, ?, ?::json)
      ON CONFLICT (id) DO UPDATE SET
        starts_at = excluded.starts_at, ends_at = excluded.ends_at, definition = excluded.definition\
      """;

  private SilenceRows() {}

  /** Returns those that are not over, by begin. */
  static List<Silence> all(Connection connection, Instant now) throws SQLException {
    try (var query = connection.prepareStatement(ALL)) {
      Times.set(query, 1, now);
      var silences = new ArrayList<Silence>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          read(rows.getString("id"), Times.get(rows, "starts_at"), rows.getString("definition"))
              .ifPresent(silences::add);
        }
      }
      return silences;
    }
  }

  static void put(Connection connection, Silence silence) throws SQLException {
    try (var put = connection.prepareStatement(PUT)) {
      put.setString(1, AlertJson.storable(silence.id()));
      Times.set(put, 2, silence.from());
      Times.set(put, 3, silence.to());
      put.setString(4, AlertJson.silence(silence));
      put.executeUpdate();
    }
  }

  /** Deletes one that is not over, and returns whether there was one. */
  static boolean delete(Connection connection, String id, Instant now) throws SQLException {
    try (var delete =
        connection.prepareStatement("DELETE FROM alert_silences WHERE id = ? AND ends_at > ?")) {
      delete.setString(1, AlertJson.storable(id));
      Times.set(delete, 2, now);
      return delete.executeUpdate() > 0;
    }
  }

  static void deleteOver(Connection connection, Instant now) throws SQLException {
    try (var delete =
        connection.prepareStatement("DELETE FROM alert_silences WHERE ends_at <= ?")) {
      Times.set(delete, 1, now);
      delete.executeUpdate();
    }
  }

  /** Returns what is stored of a silence. */
  static Optional<String> definition(Connection connection, String id) throws SQLException {
    return Sql.find(
        connection,
        row -> row.getString(1),
        "SELECT definition FROM alert_silences WHERE id = ?",
        id);
  }

  private static Optional<Silence> read(String id, Instant from, String definition) {
    try {
      return Optional.of(SilenceFormat.read(AlertJson.keys(definition), id, from));
    } catch (ConfigException | SQLException e) {
      LOG.error("silence_not_readable", "A stored silence is left out", e, "silence", id);
      return Optional.empty();
    }
  }
}
