package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.MachineCredential;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of enrolment tokens. */
final class EnrolmentTokenRows {
  private static final String SELECT =
      "SELECT id, secret_hash, created_by, created, expires, used, used_by FROM enrolment_token ";

  private EnrolmentTokenRows() {}

  static List<EnrolmentToken> since(Session session, Instant time) throws SQLException {
    var query = session.prepare(SELECT + "WHERE created >= ? ORDER BY created DESC, id");
    query.setLong(1, UnixNanos.of(time));
    return read(query);
  }

  static Optional<EnrolmentToken> find(Session session, String id) throws SQLException {
    var query = session.prepare(SELECT + "WHERE id = ?");
    query.setString(1, id);
    return read(query).stream().findFirst();
  }

  static long count(Session session) throws SQLException {
    return Session.numberOr(0, session.prepare("SELECT count(*) FROM enrolment_token"));
  }

  static void add(Session session, EnrolmentToken token) throws SQLException {
    var add =
        session.prepare(
            """
            INSERT INTO enrolment_token (id, secret_hash, created_by, created, expires, used, used_by)
            VALUES (?, ?, ?, ?, ?, ?, ?)\
            """);
    add.setString(1, token.id());
    add.setString(2, token.secretHash());
    add.setString(3, token.createdBy());
    add.setLong(4, UnixNanos.of(token.createdAt()));
    add.setLong(5, UnixNanos.of(token.expiresAt()));
    UnixNanos.set(add, 6, token.usedAt());
    add.setString(7, token.usedBy().orElse(null));
    add.executeUpdate();
  }

  static void use(Session session, String id, MachineCredential credential) throws SQLException {
    var use = session.prepare("UPDATE enrolment_token SET used = ?, used_by = ? WHERE id = ?");
    use.setLong(1, UnixNanos.of(credential.issuedAt()));
    use.setString(2, credential.machineId());
    use.setString(3, id);
    use.executeUpdate();
  }

  static void deleteBefore(Session session, Instant time) throws SQLException {
    var delete = session.prepare("DELETE FROM enrolment_token WHERE created < ?");
    delete.setLong(1, UnixNanos.of(time));
    delete.executeUpdate();
  }

  private static List<EnrolmentToken> read(PreparedStatement query) throws SQLException {
    var tokens = new ArrayList<EnrolmentToken>();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        tokens.add(
            new EnrolmentToken(
                rows.getString("id"),
                rows.getString("secret_hash"),
                rows.getString("created_by"),
                UnixNanos.instant(rows.getLong("created")),
                UnixNanos.instant(rows.getLong("expires")),
                UnixNanos.find(rows, "used"),
                Optional.ofNullable(rows.getString("used_by"))));
      }
    }
    return tokens;
  }
}
