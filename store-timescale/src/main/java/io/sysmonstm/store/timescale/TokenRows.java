package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.MachineCredential;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables {@code access_api_tokens} and {@code access_enrolment_tokens}. */
final class TokenRows {
  private static final String API_COLUMNS =
      "id, secret_hash, name, scopes, created_by, created_at, expires_at, revoked_at";
  private static final String ENROLMENT_COLUMNS =
      "id, secret_hash, created_by, created_at, expires_at, used_at, used_by";

  private TokenRows() {}

  static List<ApiToken> newest(Connection connection, int most) throws SQLException {
    return Sql.list(
        connection,
        TokenRows::apiToken,
        "SELECT "
            + API_COLUMNS
            + " FROM access_api_tokens ORDER BY created_at DESC, id COLLATE \"C\" LIMIT ?",
        most);
  }

  static Optional<ApiToken> find(Connection connection, String id) throws SQLException {
    return Sql.find(
        connection,
        TokenRows::apiToken,
        "SELECT " + API_COLUMNS + " FROM access_api_tokens WHERE id = ?",
        id);
  }

  /** Returns those that an account made and that are not revoked. */
  static List<ApiToken> heldOf(Connection connection, String account) throws SQLException {
    return Sql.list(
        connection,
        TokenRows::apiToken,
        "SELECT "
            + API_COLUMNS
            + " FROM access_api_tokens WHERE created_by = ? AND revoked_at IS NULL"
            + " ORDER BY created_at, id COLLATE \"C\"",
        account);
  }

  static long count(Connection connection) throws SQLException {
    return Sql.number(connection, "SELECT count(*) FROM access_api_tokens");
  }

  static void add(Connection connection, ApiToken token) throws SQLException {
    Sql.update(
        connection,
        "INSERT INTO access_api_tokens (" + API_COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        token.id(),
        token.secretHash(),
        token.name(),
        token.scopes().stream().map(Enum::name).sorted().collect(Collectors.joining(",")),
        token.createdBy(),
        token.createdAt(),
        token.expiresAt(),
        token.revokedAt());
  }

  /** Revokes one that is not, and returns whether it was there to be revoked. */
  static boolean revoke(Connection connection, String id, Instant at) throws SQLException {
    return Sql.update(
            connection,
            "UPDATE access_api_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
            at,
            id)
        > 0;
  }

  /** Deletes those whose end lies before a time. */
  static void deleteEnded(Connection connection, Instant before) throws SQLException {
    Sql.update(
        connection,
        "DELETE FROM access_api_tokens WHERE revoked_at < ? OR expires_at < ?",
        before,
        before);
  }

  private static ApiToken apiToken(ResultSet row) throws SQLException {
    return new ApiToken(
        row.getString("id"),
        row.getString("secret_hash"),
        row.getString("name"),
        scopes(row.getString("scopes")),
        row.getString("created_by"),
        Times.get(row, "created_at"),
        Times.find(row, "expires_at"),
        Times.find(row, "revoked_at"));
  }

  private static Set<ApiToken.Scope> scopes(String text) {
    return Stream.of(text.split(","))
        .filter(name -> !name.isEmpty())
        .map(ApiToken.Scope::valueOf)
        .collect(Collectors.toSet());
  }

  static List<EnrolmentToken> enrolmentSince(Connection connection, Instant time)
      throws SQLException {
    return Sql.list(
        connection,
        TokenRows::enrolmentToken,
        "SELECT "
            + ENROLMENT_COLUMNS
            + " FROM access_enrolment_tokens WHERE created_at >= ?"
            + " ORDER BY created_at DESC, id COLLATE \"C\"",
        time);
  }

  static Optional<EnrolmentToken> findEnrolment(Connection connection, String id)
      throws SQLException {
    return Sql.find(
        connection,
        TokenRows::enrolmentToken,
        "SELECT " + ENROLMENT_COLUMNS + " FROM access_enrolment_tokens WHERE id = ?",
        id);
  }

  static long countEnrolment(Connection connection) throws SQLException {
    return Sql.number(connection, "SELECT count(*) FROM access_enrolment_tokens");
  }

  static void addEnrolment(Connection connection, EnrolmentToken token) throws SQLException {
    Sql.update(
        connection,
        "INSERT INTO access_enrolment_tokens ("
            + ENROLMENT_COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?)",
        token.id(),
        token.secretHash(),
        token.createdBy(),
        token.createdAt(),
        token.expiresAt(),
        token.usedAt(),
        token.usedBy());
  }

  /** Uses one that is not used, and returns whether it was there to be used. */
  static boolean use(Connection connection, String id, MachineCredential credential)
      throws SQLException {
    return Sql.update(
            connection,
            "UPDATE access_enrolment_tokens SET used_at = ?, used_by = ? WHERE id = ? AND used_at IS NULL",
            credential.issuedAt(),
            credential.machineId(),
            id)
        > 0;
  }

  static void deleteEnrolmentBefore(Connection connection, Instant time) throws SQLException {
    Sql.update(connection, "DELETE FROM access_enrolment_tokens WHERE created_at < ?", time);
  }

  private static EnrolmentToken enrolmentToken(ResultSet row) throws SQLException {
    return new EnrolmentToken(
        row.getString("id"),
        row.getString("secret_hash"),
        row.getString("created_by"),
        Times.get(row, "created_at"),
        Times.get(row, "expires_at"),
        Times.find(row, "used_at"),
        Optional.ofNullable(row.getString("used_by")));
  }
}
