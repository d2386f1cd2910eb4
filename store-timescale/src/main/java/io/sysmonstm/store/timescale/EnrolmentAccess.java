package io.sysmonstm.store.timescale;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.AccessRules;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.MachineCredential;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@link TimescaleAccessStore} does with machines and how they come in. Thread-safe. */
final class EnrolmentAccess {
  private final AccessChanges changes;
  private final Clock clock;

  EnrolmentAccess(AccessChanges changes, Clock clock) {
    this.changes = changes;
    this.clock = clock;
  }

  List<EnrolmentToken> enrolmentTokens() {
    return changes
        .database()
        .read(
            "read enrolment tokens",
            connection ->
                TokenRows.enrolmentSince(
                    connection, clock.now(connection).minus(AccessRules.ENROLMENT_TOKENS_KEPT)));
  }

  void addEnrolmentToken(EnrolmentToken token, AuditEntry entry) {
    changes.change(
        "add an enrolment token",
        entry,
        connection -> {
          TokenRows.deleteEnrolmentBefore(
              connection, token.createdAt().minus(AccessRules.ENROLMENT_TOKENS_KEPT));
          AccessRules.refuseKnown(
              "enrolment token", token.id(), TokenRows.findEnrolment(connection, token.id()));
          AccessRules.checkRoom(
              "enrolment tokens of a day",
              TokenRows.countEnrolment(connection),
              AccessStore.MOST_ENROLMENT_TOKENS);
          TokenRows.addEnrolment(connection, token);
          return true;
        });
  }

  boolean redeem(String id, String secretHash, MachineCredential credential, AuditEntry entry) {
    return changes.change(
        "use an enrolment token",
        entry,
        connection -> {
          var token = TokenRows.findEnrolment(connection, id);
          if (token.filter(one -> one.opens(secretHash, credential.issuedAt())).isEmpty()
              || !TokenRows.use(connection, id, credential)) {
            return false;
          }
          add(connection, credential);
          return true;
        });
  }

  void addCredential(MachineCredential credential, AuditEntry entry) {
    changes.change(
        "add a credential",
        entry,
        connection -> {
          add(connection, credential);
          return true;
        });
  }

  boolean renew(String id, MachineCredential credential, AuditEntry entry) {
    return changes.change(
        "renew a credential",
        entry,
        connection -> {
          var held = CredentialRows.find(connection, id);
          if (held.filter(one -> one.mayBeFollowedBy(credential)).isEmpty()) {
            return false;
          }
          add(connection, credential);
          return true;
        });
  }

  Optional<MachineCredential> credential(String id) {
    return changes
        .database()
        .read("read a credential", connection -> CredentialRows.find(connection, id));
  }

  List<MachineCredential> credentials() {
    return changes
        .database()
        .read(
            "read credentials",
            connection ->
                CredentialRows.heldAt(
                    connection, clock.now(connection), AccessStore.MOST_CREDENTIALS));
  }

  int revoke(String machineId, Instant at, AuditEntry entry) {
    var revoked = new ArrayList<Integer>();
    changes.change(
        "revoke credentials",
        entry,
        connection -> {
          revoked.add(CredentialRows.revoke(connection, machineId, at));
          return revoked.getLast() > 0;
        });
    return revoked.getLast();
  }

  Optional<String> machineAuthority() {
    return changes
        .database()
        .read(
            "read the machine authority",
            connection -> {
              try (var statement = connection.createStatement();
                  var rows = statement.executeQuery("SELECT certificates FROM access_authority")) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
              }
            });
  }

  void putMachineAuthority(String certificates, AuditEntry entry) {
    changes.note(
        "put the machine authority",
        entry,
        connection -> {
          try (var put =
              connection.prepareStatement(
                  """
              INSERT INTO access_authority (certificates) VALUES (?)
              ON CONFLICT (only_row) DO UPDATE SET certificates = excluded.certificates\
              """)) {
            put.setString(1, certificates);
            put.executeUpdate();
          }
          return true;
        });
  }

  private static void add(Connection connection, MachineCredential credential) throws SQLException {
    CredentialRows.deleteExpired(connection, credential.issuedAt());
    AccessRules.refuseKnown(
        "credential", credential.id(), CredentialRows.find(connection, credential.id()));
    AccessRules.checkRoom(
        "credentials", CredentialRows.count(connection), AccessStore.MOST_CREDENTIALS);
    CredentialRows.add(connection, credential);
  }
}
