package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.LoginSession;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The tables {@code access_accounts} and {@code access_sessions}. */
final class AccountRows {
  private static final String SELECT =
      "SELECT name, role, password_hash, subject, created_at FROM access_accounts ";
  private static final String ADD_SESSION =
      """
      INSERT INTO access_sessions (secret_hash, account, csrf_token, created_at, last_seen_at, expires_at, source)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (secret_hash) DO UPDATE SET
        account = excluded.account, csrf_token = excluded.csrf_token, created_at = excluded.created_at,
        last_seen_at = excluded.last_seen_at, expires_at = excluded.expires_at, source = excluded.source\
      """;
  // Several begin sessions at once: none waits for another to delete the same rows.
  private static final String DELETE_EXPIRED =
      """
      DELETE FROM access_sessions WHERE secret_hash IN (
        SELECT secret_hash FROM access_sessions WHERE expires_at <= ? LIMIT 1000 FOR UPDATE SKIP LOCKED)\
      """;
  private static final String DELETE_BEYOND =
      """
      DELETE FROM access_sessions WHERE secret_hash IN (
        SELECT secret_hash FROM access_sessions WHERE account = ?
        ORDER BY last_seen_at DESC OFFSET ? FOR UPDATE SKIP LOCKED)\
      """;

  private AccountRows() {}

  static List<Account> all(Connection connection) throws SQLException {
    return Sql.list(connection, AccountRows::account, SELECT + "ORDER BY name COLLATE \"C\"");
  }

  static Optional<Account> find(Connection connection, String name) throws SQLException {
    return Sql.find(connection, AccountRows::account, SELECT + "WHERE name = ?", name);
  }

  static Optional<Account> ofSubject(Connection connection, String subject) throws SQLException {
    return Sql.find(connection, AccountRows::account, SELECT + "WHERE subject = ?", subject);
  }

  static long count(Connection connection) throws SQLException {
    return Sql.number(connection, "SELECT count(*) FROM access_accounts");
  }

  /** Returns whether there is an admin of another name. */
  static boolean hasOtherAdmin(Connection connection, String name) throws SQLException {
    return Sql.number(
            connection,
            "SELECT count(*) FROM access_accounts WHERE role = 'admin' AND name <> ?",
            name)
        > 0;
  }

  static void add(Connection connection, Account account) throws SQLException {
    Sql.update(
        connection,
        "INSERT INTO access_accounts (name, role, password_hash, subject, created_at) VALUES (?, ?, ?, ?, ?)",
        account.name(),
        role(account),
        account.passwordHash(),
        account.subject(),
        account.createdAt());
  }

  /** Changes all of an account but its time of creation. */
  static void change(Connection connection, Account account) throws SQLException {
    Sql.update(
        connection,
        "UPDATE access_accounts SET role = ?, password_hash = ?, subject = ? WHERE name = ?",
        role(account),
        account.passwordHash(),
        account.subject(),
        account.name());
  }

  private static String role(Account account) {
    return account.role().name().toLowerCase(Locale.ROOT);
  }

  static boolean delete(Connection connection, String name) throws SQLException {
    return Sql.update(connection, "DELETE FROM access_accounts WHERE name = ?", name) > 0;
  }

  private static Account account(ResultSet row) throws SQLException {
    return new Account(
        row.getString("name"),
        Account.Role.valueOf(row.getString("role").toUpperCase(Locale.ROOT)),
        Optional.ofNullable(row.getString("password_hash")),
        Optional.ofNullable(row.getString("subject")),
        Times.get(row, "created_at"));
  }

  static Optional<LoginSession> session(Connection connection, String secretHash)
      throws SQLException {
    return Sql.find(
        connection,
        AccountRows::session,
        """
        SELECT secret_hash, account, csrf_token, created_at, last_seen_at, expires_at, source
        FROM access_sessions WHERE secret_hash = ?\
        """,
        secretHash);
  }

  /** Returns an account, and keeps it from being changed until this transaction has ended. */
  static Optional<Account> hold(Connection connection, String name) throws SQLException {
    return Sql.find(connection, AccountRows::account, SELECT + "WHERE name = ? FOR SHARE", name);
  }

  /** Adds a session, and makes room for it. */
  static void begin(Connection connection, LoginSession session, int most) throws SQLException {
    Sql.update(connection, DELETE_EXPIRED, session.createdAt());
    Sql.update(
        connection,
        ADD_SESSION,
        session.secretHash(),
        session.account(),
        session.csrfToken(),
        session.createdAt(),
        session.lastSeen(),
        session.expiresAt(),
        session.source());
    Sql.update(connection, DELETE_BEYOND, session.account(), most);
  }

  static void touch(Connection connection, String secretHash, Instant at) throws SQLException {
    Sql.update(
        connection,
        "UPDATE access_sessions SET last_seen_at = ? WHERE secret_hash = ? AND last_seen_at < ?",
        at,
        secretHash,
        at);
  }

  static boolean end(Connection connection, String secretHash) throws SQLException {
    return Sql.update(connection, "DELETE FROM access_sessions WHERE secret_hash = ?", secretHash)
        > 0;
  }

  static boolean endAllOf(Connection connection, String account) throws SQLException {
    return Sql.update(connection, "DELETE FROM access_sessions WHERE account = ?", account) > 0;
  }

  private static LoginSession session(ResultSet row) throws SQLException {
    return new LoginSession(
        row.getString("secret_hash"),
        row.getString("account"),
        row.getString("csrf_token"),
        Times.get(row, "created_at"),
        Times.get(row, "last_seen_at"),
        Times.get(row, "expires_at"),
        row.getString("source"));
  }
}
