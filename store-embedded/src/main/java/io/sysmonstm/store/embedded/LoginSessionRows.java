package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.LoginSession;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The table of the sessions of people. */
final class LoginSessionRows {
  private LoginSessionRows() {}

  static Optional<LoginSession> find(Session session, String secretHash) throws SQLException {
    var query =
        session.prepare(
            """
            SELECT account, csrf_token, created, last_seen, expires, source FROM login_session
            WHERE secret_hash = ?\
            """);
    query.setString(1, secretHash);
    try (var rows = query.executeQuery()) {
      return rows.next()
          ? Optional.of(
              new LoginSession(
                  secretHash,
                  rows.getString(1),
                  rows.getString(2),
                  UnixNanos.instant(rows.getLong(3)),
                  UnixNanos.instant(rows.getLong(4)),
                  UnixNanos.instant(rows.getLong(5)),
                  rows.getString(6)))
          : Optional.empty();
    }
  }

  static void add(Session session, LoginSession login) throws SQLException {
    var add =
        session.prepare(
            """
            REPLACE INTO login_session (secret_hash, account, csrf_token, created, last_seen, expires, source)
            VALUES (?, ?, ?, ?, ?, ?, ?)\
            """);
    add.setString(1, login.secretHash());
    add.setString(2, login.account());
    add.setString(3, login.csrfToken());
    add.setLong(4, UnixNanos.of(login.createdAt()));
    add.setLong(5, UnixNanos.of(login.lastSeen()));
    add.setLong(6, UnixNanos.of(login.expiresAt()));
    add.setString(7, login.source());
    add.executeUpdate();
  }

  static void touch(Session session, String secretHash, Instant at) throws SQLException {
    var touch =
        session.prepare(
            "UPDATE login_session SET last_seen = max(last_seen, ?) WHERE secret_hash = ?");
    touch.setLong(1, UnixNanos.of(at));
    touch.setString(2, secretHash);
    touch.executeUpdate();
  }

  static boolean delete(Session session, String secretHash) throws SQLException {
    var delete = session.prepare("DELETE FROM login_session WHERE secret_hash = ?");
    delete.setString(1, secretHash);
    return delete.executeUpdate() > 0;
  }

  static boolean deleteOf(Session session, String account) throws SQLException {
    var delete = session.prepare("DELETE FROM login_session WHERE account = ?");
    delete.setString(1, account);
    return delete.executeUpdate() > 0;
  }

  static void deleteExpired(Session session, Instant now) throws SQLException {
    var delete = session.prepare("DELETE FROM login_session WHERE expires <= ?");
    delete.setLong(1, UnixNanos.of(now));
    delete.executeUpdate();
  }

  /** Deletes those of an account that were used longest ago, beyond a number. */
  static void deleteBeyond(Session session, String account, int most) throws SQLException {
    var delete =
        session.prepare(
            """
            DELETE FROM login_session WHERE secret_hash IN (
              SELECT secret_hash FROM login_session WHERE account = ?
              ORDER BY last_seen DESC LIMIT -1 OFFSET ?)\
            """);
    delete.setString(1, account);
    delete.setInt(2, most);
    delete.executeUpdate();
  }
}
