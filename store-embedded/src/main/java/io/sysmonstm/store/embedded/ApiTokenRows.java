package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.ApiToken;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of API tokens. */
final class ApiTokenRows {
  private static final String COLUMNS =
      "id, secret_hash, name, scopes, created_by, created, expires, revoked";

  private ApiTokenRows() {}

  static List<ApiToken> newest(Session session, int most) throws SQLException {
    var query =
        session.prepare("SELECT " + COLUMNS + " FROM api_token ORDER BY created DESC, id LIMIT ?");
    query.setInt(1, most);
    return read(query);
  }

  static Optional<ApiToken> find(Session session, String id) throws SQLException {
    var query = session.prepare("SELECT " + COLUMNS + " FROM api_token WHERE id = ?");
    query.setString(1, id);
    return read(query).stream().findFirst();
  }

  /** Returns those that an account made and that are not revoked. */
  static List<ApiToken> heldOf(Session session, String account) throws SQLException {
    var query =
        session.prepare(
            "SELECT "
                + COLUMNS
                + " FROM api_token WHERE created_by = ? AND revoked IS NULL ORDER BY created, id");
    query.setString(1, account);
    return read(query);
  }

  static long count(Session session) throws SQLException {
    return Session.numberOr(0, session.prepare("SELECT count(*) FROM api_token"));
  }

  static void add(Session session, ApiToken token) throws SQLException {
    var add =
        session.prepare("INSERT INTO api_token (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    add.setString(1, token.id());
    add.setString(2, token.secretHash());
    add.setString(3, token.name());
    add.setString(4, text(token.scopes()));
    add.setString(5, token.createdBy());
    add.setLong(6, UnixNanos.of(token.createdAt()));
    UnixNanos.set(add, 7, token.expiresAt());
    UnixNanos.set(add, 8, token.revokedAt());
    add.executeUpdate();
  }

  /** Revokes one that is not, and returns whether it was there to be revoked. */
  static boolean revoke(Session session, String id, Instant at) throws SQLException {
    var revoke =
        session.prepare("UPDATE api_token SET revoked = ? WHERE id = ? AND revoked IS NULL");
    revoke.setLong(1, UnixNanos.of(at));
    revoke.setString(2, id);
    return revoke.executeUpdate() > 0;
  }

  /** Deletes those whose end lies before a time. */
  static void deleteEnded(Session session, Instant before) throws SQLException {
    var delete = session.prepare("DELETE FROM api_token WHERE revoked < ?1 OR expires < ?1");
    delete.setLong(1, UnixNanos.of(before));
    delete.executeUpdate();
  }

  private static List<ApiToken> read(PreparedStatement query) throws SQLException {
    var tokens = new ArrayList<ApiToken>();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        tokens.add(
            new ApiToken(
                rows.getString("id"),
                rows.getString("secret_hash"),
                rows.getString("name"),
                scopes(rows.getString("scopes")),
                rows.getString("created_by"),
                UnixNanos.instant(rows.getLong("created")),
                UnixNanos.find(rows, "expires"),
                UnixNanos.find(rows, "revoked")));
      }
    }
    return tokens;
  }

  private static String text(Set<ApiToken.Scope> scopes) {
    return scopes.stream().map(Enum::name).sorted().collect(Collectors.joining(","));
  }

  private static Set<ApiToken.Scope> scopes(String text) {
    return Stream.of(text.split(","))
        .filter(name -> !name.isEmpty())
        .map(ApiToken.Scope::valueOf)
        .collect(Collectors.toSet());
  }
}
