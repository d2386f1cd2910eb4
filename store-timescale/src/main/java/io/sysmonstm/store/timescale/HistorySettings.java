package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.sql.SQLException;

/** What the database was last arranged for, so that a start need not arrange it again. */
final class HistorySettings {
  private HistorySettings() {}

  static boolean is(Connection connection, String name, String value) throws SQLException {
    try (var select =
        connection.prepareStatement(
            "SELECT EXISTS (SELECT FROM history_settings WHERE name = ? AND value = ?)")) {
      select.setString(1, name);
      select.setString(2, value);
      try (var row = select.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  static void put(Connection connection, String name, String value) throws SQLException {
    try (var upsert =
        connection.prepareStatement(
            """
            INSERT INTO history_settings (name, value) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value\
            """)) {
      upsert.setString(1, name);
      upsert.setString(2, value);
      upsert.executeUpdate();
    }
  }
}
