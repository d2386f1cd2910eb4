package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Statements with their values in order: texts, in whatever form PostgreSQL takes, times, numbers,
 * and each of these as an Optional.
 */
final class Sql {
  /** What a row becomes. */
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private Sql() {}

  static <T> List<T> list(Connection connection, Row<T> row, String sql, Object... values)
      throws SQLException {
    try (var statement = prepared(connection, sql, values);
        var rows = statement.executeQuery()) {
      var list = new ArrayList<T>();
      while (rows.next()) {
        list.add(row.read(rows));
      }
      return list;
    }
  }

  /** Returns the first row, where there is one. */
  static <T> Optional<T> find(Connection connection, Row<T> row, String sql, Object... values)
      throws SQLException {
    return list(connection, row, sql, values).stream().findFirst();
  }

  /** Returns the number in the only row. */
  static long number(Connection connection, String sql, Object... values) throws SQLException {
    return find(connection, row -> row.getLong(1), sql, values)
        .orElseThrow(() -> new SQLException("no row: expected one"));
  }

  /** Returns how many rows were changed. */
  static int update(Connection connection, String sql, Object... values) throws SQLException {
    try (var statement = prepared(connection, sql, values)) {
      return statement.executeUpdate();
    }
  }

  private static PreparedStatement prepared(Connection connection, String sql, Object... values)
      throws SQLException {
    var statement = connection.prepareStatement(sql);
    try {
      int at = 1;
      for (var value : values) {
        set(statement, at++, value);
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  private static void set(PreparedStatement statement, int at, Object value) throws SQLException {
    switch (value) {
      case Optional<?> optional when optional.isEmpty() -> statement.setNull(at, Types.NULL);
      case Optional<?> optional -> set(statement, at, optional.get());
      case String text -> statement.setString(at, AlertJson.storable(text));
      case Instant time -> Times.set(statement, at, time);
      case Integer number -> statement.setInt(at, number);
      case Long number -> statement.setLong(at, number);
      default -> throw new IllegalArgumentException("a value of " + value.getClass());
    }
  }
}
