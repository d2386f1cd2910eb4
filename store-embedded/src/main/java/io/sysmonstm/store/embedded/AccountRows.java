package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.Account;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of accounts. */
final class AccountRows {
  private static final String SELECT =
      "SELECT name, role, password_hash, subject, created FROM account ";

  private AccountRows() {}

  static List<Account> all(Session session) throws SQLException {
    return read(session.prepare(SELECT + "ORDER BY name"));
  }

  static Optional<Account> find(Session session, String name) throws SQLException {
    return one(session.prepare(SELECT + "WHERE name = ?"), name);
  }

  static Optional<Account> ofSubject(Session session, String subject) throws SQLException {
    return one(session.prepare(SELECT + "WHERE subject = ?"), subject);
  }

  static long count(Session session) throws SQLException {
    return Session.numberOr(0, session.prepare("SELECT count(*) FROM account"));
  }

  /** Returns whether there is an admin of another name. */
  static boolean hasOtherAdmin(Session session, String name) throws SQLException {
    var query = session.prepare("SELECT 1 FROM account WHERE role = ? AND name <> ? LIMIT 1");
    query.setString(1, Account.Role.ADMIN.name());
    query.setString(2, name);
    return Session.numberOr(0, query) != 0;
  }

  static void add(Session session, Account account) throws SQLException {
    var add =
        session.prepare(
            "INSERT INTO account (role, password_hash, subject, name, created) VALUES (?, ?, ?, ?, ?)");
    set(add, account);
    add.setLong(5, UnixNanos.of(account.createdAt()));
    add.executeUpdate();
  }

  /** Changes all of an account but its time of creation. */
  static void change(Session session, Account account) throws SQLException {
    var change =
        session.prepare(
            "UPDATE account SET role = ?, password_hash = ?, subject = ? WHERE name = ?");
    set(change, account);
    change.executeUpdate();
  }

  private static void set(PreparedStatement statement, Account account) throws SQLException {
    statement.setString(1, account.role().name());
    statement.setString(2, account.passwordHash().orElse(null));
    statement.setString(3, account.subject().orElse(null));
    statement.setString(4, account.name());
  }

  static void delete(Session session, String name) throws SQLException {
    var delete = session.prepare("DELETE FROM account WHERE name = ?");
    delete.setString(1, name);
    delete.executeUpdate();
  }

  private static Optional<Account> one(PreparedStatement query, String key) throws SQLException {
    query.setString(1, key);
    return read(query).stream().findFirst();
  }

  private static List<Account> read(PreparedStatement query) throws SQLException {
    var accounts = new ArrayList<Account>();
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        accounts.add(
            new Account(
                rows.getString("name"),
                Account.Role.valueOf(rows.getString("role")),
                Optional.ofNullable(rows.getString("password_hash")),
                Optional.ofNullable(rows.getString("subject")),
                UnixNanos.instant(rows.getLong("created"))));
      }
    }
    return accounts;
  }
}
