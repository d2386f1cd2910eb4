package io.sysmonstm.store.embedded;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import io.sysmonstm.spi.EventLog;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of rules, each in the form people write it. */
final class RuleRows {
  private static final EventLog LOG = EventLog.of(RuleRows.class);

  private RuleRows() {}

  /**
   * Returns the rules of the file in its order, then those of the API by name that the file does
   * not override.
   */
  static List<Rule> all(Session session) throws SQLException {
    var rules = new ArrayList<Rule>();
    var names = new HashSet<String>();
    var query =
        session.prepare("SELECT origin, name, keys FROM rule ORDER BY origin DESC, position, name");
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        var rule = read(rows.getString(3), Rule.Origin.valueOf(rows.getString(1)));
        if (names.add(rows.getString(2))) {
          rule.ifPresent(rules::add);
        }
      }
    }
    return rules;
  }

  static boolean has(Session session, String name, Rule.Origin origin) throws SQLException {
    var query = session.prepare("SELECT 1 FROM rule WHERE origin = ? AND name = ?");
    query.setString(1, origin.name());
    query.setString(2, name);
    return Session.numberOr(0, query) != 0;
  }

  static void put(Session session, Rule rule, int position) throws SQLException {
    var put =
        session.prepare("REPLACE INTO rule (origin, name, position, keys) VALUES (?, ?, ?, ?)");
    put.setString(1, rule.origin().name());
    put.setString(2, rule.name());
    put.setInt(3, position);
    put.setString(4, keys(rule));
    put.executeUpdate();
  }

  static void delete(Session session, String name, Rule.Origin origin) throws SQLException {
    var delete = session.prepare("DELETE FROM rule WHERE origin = ? AND name = ?");
    delete.setString(1, origin.name());
    delete.setString(2, name);
    delete.executeUpdate();
  }

  static void deleteAll(Session session, Rule.Origin origin) throws SQLException {
    var delete = session.prepare("DELETE FROM rule WHERE origin = ?");
    delete.setString(1, origin.name());
    delete.executeUpdate();
  }

  static String keys(Rule rule) {
    return Json.write(RuleFormat.write(rule));
  }

  /** Returns what is stored of a rule of the API. */
  static Optional<String> keys(Session session, String name) throws SQLException {
    var query = session.prepare("SELECT keys FROM rule WHERE origin = ? AND name = ?");
    query.setString(1, Rule.Origin.API.name());
    query.setString(2, name);
    return Session.textOf(query);
  }

  private static Optional<Rule> read(String keys, Rule.Origin origin) {
    try {
      if (Json.read(keys).orElse("") instanceof Map<?, ?> map) {
        return Optional.of(RuleFormat.read(map, origin));
      }
      LOG.error("rule_not_readable", "a stored rule is left out", null, "keys", keys);
    } catch (ConfigException e) {
      LOG.error("rule_not_readable", "a stored rule is left out", e, "keys", keys);
    }
    return Optional.empty();
  }
}
