package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.MachineCredential;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The table {@code access_credentials}. */
final class CredentialRows {
  private static final String COLUMNS =
      "id, machine, kind, secret_hash, issued_at, expires_at, revoked_at";
  private static final String SELECT = "SELECT " + COLUMNS + " FROM access_credentials ";

  private CredentialRows() {}

  static List<MachineCredential> heldAt(Connection connection, Instant time, int most)
      throws SQLException {
    return Sql.list(
        connection,
        CredentialRows::credential,
        SELECT
            + """
            WHERE expires_at > ? ORDER BY machine COLLATE "C", issued_at DESC, id COLLATE "C" LIMIT ?\
            """,
        time,
        most);
  }

  static Optional<MachineCredential> find(Connection connection, String id) throws SQLException {
    return Sql.find(connection, CredentialRows::credential, SELECT + "WHERE id = ?", id);
  }

  static long count(Connection connection) throws SQLException {
    return Sql.number(connection, "SELECT count(*) FROM access_credentials");
  }

  static void add(Connection connection, MachineCredential credential) throws SQLException {
    Sql.update(
        connection,
        "INSERT INTO access_credentials (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)",
        credential.id(),
        credential.machineId(),
        credential.kind().name().toLowerCase(Locale.ROOT),
        credential.secretHash(),
        credential.issuedAt(),
        credential.expiresAt(),
        credential.revokedAt());
  }

  /** Revokes those of a machine that hold, and returns how many they were. */
  static int revoke(Connection connection, String machineId, Instant at) throws SQLException {
    return Sql.update(
        connection,
        """
        UPDATE access_credentials SET revoked_at = ?
        WHERE machine = ? AND revoked_at IS NULL AND expires_at > ?\
        """,
        at,
        machineId,
        at);
  }

  static void deleteExpired(Connection connection, Instant now) throws SQLException {
    Sql.update(connection, "DELETE FROM access_credentials WHERE expires_at <= ?", now);
  }

  private static MachineCredential credential(ResultSet row) throws SQLException {
    return new MachineCredential(
        row.getString("id"),
        row.getString("machine"),
        MachineCredential.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
        row.getString("secret_hash"),
        Times.get(row, "issued_at"),
        Times.get(row, "expires_at"),
        Times.find(row, "revoked_at"));
  }
}
