package io.sysmonstm.store.embedded;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.AccessRules;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.spi.TimeSource;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What {@link EmbeddedAccessStore} does with machines and how they come in. Thread-safe. */
final class EnrolmentAccess {
  private final AccessChanges changes;
  private final TimeSource time;

  EnrolmentAccess(AccessChanges changes, TimeSource time) {
    this.changes = changes;
    this.time = time;
  }

  List<EnrolmentToken> enrolmentTokens() {
    return changes
        .database()
        .read(
            "read enrolment tokens",
            session ->
                EnrolmentTokenRows.since(
                    session, time.instant().minus(AccessRules.ENROLMENT_TOKENS_KEPT)));
  }

  void addEnrolmentToken(EnrolmentToken token, AuditEntry entry) {
    changes.change(
        "add an enrolment token",
        entry,
        session -> {
          EnrolmentTokenRows.deleteBefore(
              session, token.createdAt().minus(AccessRules.ENROLMENT_TOKENS_KEPT));
          AccessRules.refuseKnown(
              "enrolment token", token.id(), EnrolmentTokenRows.find(session, token.id()));
          AccessRules.checkRoom(
              "enrolment tokens of a day",
              EnrolmentTokenRows.count(session),
              AccessStore.MOST_ENROLMENT_TOKENS);
          EnrolmentTokenRows.add(session, token);
          return true;
        });
  }

  boolean redeem(String id, String secretHash, MachineCredential credential, AuditEntry entry) {
    return changes.change(
        "use an enrolment token",
        entry,
        session -> {
          var token = EnrolmentTokenRows.find(session, id);
          if (token.filter(one -> one.opens(secretHash, credential.issuedAt())).isEmpty()) {
            return false;
          }
          add(session, credential);
          EnrolmentTokenRows.use(session, id, credential);
          return true;
        });
  }

  void addCredential(MachineCredential credential, AuditEntry entry) {
    changes.change(
        "add a credential",
        entry,
        session -> {
          add(session, credential);
          return true;
        });
  }

  boolean renew(String id, MachineCredential credential, AuditEntry entry) {
    return changes.change(
        "renew a credential",
        entry,
        session -> {
          var held = CredentialRows.find(session, id);
          if (held.filter(one -> one.mayBeFollowedBy(credential)).isEmpty()) {
            return false;
          }
          add(session, credential);
          return true;
        });
  }

  Optional<MachineCredential> credential(String id) {
    return changes
        .database()
        .read("read a credential", session -> CredentialRows.find(session, id));
  }

  List<MachineCredential> credentials() {
    return changes
        .database()
        .read(
            "read credentials",
            session ->
                CredentialRows.heldAt(session, time.instant(), AccessStore.MOST_CREDENTIALS));
  }

  int revoke(String machineId, Instant at, AuditEntry entry) {
    return changes
        .database()
        .write(
            "revoke credentials",
            session -> {
              int revoked = CredentialRows.revoke(session, machineId, at);
              if (revoked > 0) {
                changes.count(session, entry);
              }
              return revoked;
            });
  }

  Optional<String> machineAuthority() {
    return changes
        .database()
        .read(
            "read the machine authority",
            session -> {
              try (var rows =
                  session.prepare("SELECT certificates FROM machine_authority").executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
              }
            });
  }

  void putMachineAuthority(String certificates, AuditEntry entry) {
    changes.note(
        "put the machine authority",
        entry,
        session -> {
          session.execute("DELETE FROM machine_authority");
          var insert = session.prepare("INSERT INTO machine_authority VALUES (?)");
          insert.setString(1, certificates);
          insert.executeUpdate();
          return true;
        });
  }

  private static void add(Session session, MachineCredential credential) throws SQLException {
    CredentialRows.deleteExpired(session, credential.issuedAt());
    AccessRules.refuseKnown(
        "credential", credential.id(), CredentialRows.find(session, credential.id()));
    AccessRules.checkRoom(
        "credentials", CredentialRows.count(session), AccessStore.MOST_CREDENTIALS);
    CredentialRows.add(session, credential);
  }
}
