package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.MachineCredential;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of what machines prove themselves by. */
final class CredentialRows {
  private static final String SELECT =
      "SELECT id, machine, kind, secret_hash, issued, expires, revoked FROM credential ";

  private CredentialRows() {}

  static List<MachineCredential> heldAt(Session session, Instant time, int most)
      throws SQLException {
    var query =
        session.prepare(SELECT + "WHERE expires > ? ORDER BY machine, issued DESC, id LIMIT ?");
    query.setLong(1, UnixNanos.of(time));
    query.setInt(2, most);
    return read(query);
  }

  static Optional<MachineCredential> find(Session session, String id) throws SQLException {
    var query = session.prepare(SELECT + "WHERE id = ?");
    query.setString(1, id);
    return read(query).stream().findFirst();
  }

  static long count(Session session) throws SQLException {
    return Session.numberOr(0, session.prepare("SELECT count(*) FROM credential"));
  }

  static void add(Session session, MachineCredential credential) throws SQLException {
    var add =
        session.prepare(
            """
            INSERT INTO credential (id, machine, kind, secret_hash, issued, expires, revoked)
            VALUES (?, ?, ?, ?, ?, ?, ?)\
            """);
    add.setString(1, credential.id());
    add.setString(2, credential.machineId());
    add.setString(3, credential.kind().name());
    add.setString(4, credential.secretHash());
    add.setLong(5, UnixNanos.of(credential.issuedAt()));
    add.setLong(6, UnixNanos.of(credential.expiresAt()));
    UnixNanos.set(add, 7, credential.revokedAt());
    add.executeUpdate();
  }

  /** Revokes those of a machine that hold, and returns how many they were. */
  static int revoke(Session session, String machineId, Instant at) throws SQLException {
    var revoke =
        session.prepare(
            """
            UPDATE credential SET revoked = ?1
            WHERE machine = ?2 AND revoked IS NULL AND expires > ?1\
            """);
    revoke.setLong(1, UnixNanos.of(at));
    revoke.setString(2, machineId);
    return revoke.executeUpdate();
  }

  static void deleteExpired(Session session, Instant now) throws SQLException {
    var delete = session.prepare("DELETE FROM credential WHERE expires <= ?");
    delete.setLong(1, UnixNanos.of(now));
    delete.executeUpdate();
  }

  private static List<MachineCredential> read(PreparedStatement query) throws SQLException {
    var credentials = new ArrayList<MachineCredential>();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        credentials.add(
            new MachineCredential(
                rows.getString("id"),
                rows.getString("machine"),
                MachineCredential.Kind.valueOf(rows.getString("kind")),
                rows.getString("secret_hash"),
                UnixNanos.instant(rows.getLong("issued")),
                UnixNanos.instant(rows.getLong("expires")),
                UnixNanos.find(rows, "revoked")));
      }
    }
    return credentials;
  }
}
