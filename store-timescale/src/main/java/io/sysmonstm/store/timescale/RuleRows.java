package io.sysmonstm.store.timescale;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import io.sysmonstm.spi.EventLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The table {@code alert_rules}, each rule in the form people write it. */
final class RuleRows {
  private static final EventLog LOG = EventLog.of(RuleRows.class);

  private RuleRows() {}

  /**
   * Returns the rules of the file in its order, then those of the API by name that the file does
   * not override.
   */
  static List<Rule> all(Connection connection) throws SQLException {
    var rules = new ArrayList<Rule>();
    var names = new HashSet<String>();
    try (var query =
            connection.prepareStatement(
                """
                SELECT origin, name, definition FROM alert_rules
                ORDER BY origin = 'file' DESC, position, name COLLATE "C"\
                """);
        var rows = query.executeQuery()) {
      while (rows.next()) {
        var origin = Rule.Origin.valueOf(rows.getString(1).toUpperCase(Locale.ROOT));
        var rule = read(rows.getString(2), rows.getString(3), origin);
        if (names.add(rows.getString(2))) {
          rule.ifPresent(rules::add);
        }
      }
    }
    return rules;
  }

  static boolean has(Connection connection, String name, Rule.Origin origin) throws SQLException {
    try (var query =
        connection.prepareStatement("SELECT FROM alert_rules WHERE origin = ? AND name = ?")) {
      query.setString(1, text(origin));
      query.setString(2, AlertJson.storable(name));
      try (var rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }

  static void put(Connection connection, Rule rule, int position) throws SQLException {
    try (var put =
        connection.prepareStatement(
            """
            INSERT INTO alert_rules (origin, name, position, definition) VALUES (?, ?, ?, ?::json)
            ON CONFLICT (origin, name)
            DO UPDATE SET position = excluded.position, definition = excluded.definition\
            """)) {
      put.setString(1, text(rule.origin()));
      put.setString(2, rule.name());
      put.setInt(3, position);
      put.setString(4, AlertJson.rule(rule));
      put.executeUpdate();
    }
  }

  static boolean delete(Connection connection, String name, Rule.Origin origin)
      throws SQLException {
    try (var delete =
        connection.prepareStatement("DELETE FROM alert_rules WHERE origin = ? AND name = ?")) {
      delete.setString(1, text(origin));
      delete.setString(2, AlertJson.storable(name));
      return delete.executeUpdate() > 0;
    }
  }

  static void deleteAll(Connection connection, Rule.Origin origin) throws SQLException {
    try (var delete = connection.prepareStatement("DELETE FROM alert_rules WHERE origin = ?")) {
      delete.setString(1, text(origin));
      delete.executeUpdate();
    }
  }

  /** Returns what is stored of a rule of the API. */
  static Optional<String> definition(Connection connection, String name) throws SQLException {
    return Sql.find(
        connection,
        row -> row.getString(1),
        "SELECT definition FROM alert_rules WHERE origin = ? AND name = ?",
        text(Rule.Origin.API),
        name);
  }

  private static String text(Rule.Origin origin) {
    return origin.name().toLowerCase(Locale.ROOT);
  }

  private static Optional<Rule> read(String name, String definition, Rule.Origin origin) {
    try {
      return Optional.of(RuleFormat.read(AlertJson.keys(definition), origin));
    } catch (ConfigException | SQLException e) {
      LOG.error("rule_not_readable", "A stored rule is left out", e, "rule", name);
      return Optional.empty();
    }
  }
}
