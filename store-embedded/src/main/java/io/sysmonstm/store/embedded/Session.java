package io.sysmonstm.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One connection and the statements prepared on it. Confined to one thread at a time. */
final class Session implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Session(Connection connection) {
    this.connection = connection;
  }

  /** Returns the statement of a text, which is prepared once and must be a constant. */
  PreparedStatement prepare(String sql) throws SQLException {
    var known = prepared.get(sql);
    if (known == null) {
      known = connection.prepareStatement(sql);
      prepared.put(sql, known);
    }
    return known;
  }

  /**
   * Runs statements to their end, also pragmas that work a step for each row, as incremental_vacuum
   * does.
   */
  void execute(String... statements) throws SQLException {
    try (var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.executeUpdate(sql);
      }
    }
  }

  /**
   * Runs a pragma or query to its end, and returns the number or text in its first row, or empty
   * text.
   */
  String ask(String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      var first = rows.next() ? rows.getString(1) : "";
      return first == null ? "" : first;
    }
  }

  long askNumber(String sql) throws SQLException {
    return Long.parseLong(ask(sql));
  }

  /** Returns the first column of the only row, or the given number where there is no row. */
  static long numberOr(long missing, PreparedStatement query) throws SQLException {
    try (ResultSet rows = query.executeQuery()) {
      return rows.next() ? rows.getLong(1) : missing;
    }
  }

  /** Returns the first column of the only row, empty where there is no row. */
  static Optional<String> textOf(PreparedStatement query) throws SQLException {
    try (ResultSet rows = query.executeQuery()) {
      return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
    }
  }

  /**
   * Forgets the prepared statements: the driver leaves those unusable that were running when
   * something failed.
   */
  void forgetStatements() throws SQLException {
    for (var statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
