package io.sysmonstm.testkit;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.AccessRules;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.spi.TimeSource;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Machines and how they come in. Guarded by {@link InMemoryAccessStore}. */
final class InMemoryMachines {
  private final Map<String, EnrolmentToken> enrolmentTokens = new LinkedHashMap<>();
  private final Map<String, MachineCredential> credentials = new LinkedHashMap<>();
  private final TimeSource time;
  private final AccessLog changes;
  private Optional<String> machineAuthority = Optional.empty();

  InMemoryMachines(TimeSource time, AccessLog changes) {
    this.time = time;
    this.changes = changes;
  }

  List<EnrolmentToken> enrolmentTokens() {
    var since = time.instant().minus(AccessRules.ENROLMENT_TOKENS_KEPT);
    return enrolmentTokens.values().stream()
        .filter(token -> !token.createdAt().isBefore(since))
        .sorted(
            Comparator.comparing(EnrolmentToken::createdAt)
                .reversed()
                .thenComparing(EnrolmentToken::id))
        .toList();
  }

  void addEnrolmentToken(EnrolmentToken token, AuditEntry entry) {
    var since = token.createdAt().minus(AccessRules.ENROLMENT_TOKENS_KEPT);
    enrolmentTokens.values().removeIf(one -> one.createdAt().isBefore(since));
    AccessRules.refuseKnown(
        "enrolment token", token.id(), Optional.ofNullable(enrolmentTokens.get(token.id())));
    AccessRules.checkRoom(
        "enrolment tokens of a day", enrolmentTokens.size(), AccessStore.MOST_ENROLMENT_TOKENS);
    enrolmentTokens.put(token.id(), token);
    changes.change(entry);
  }

  boolean redeem(String id, String secretHash, MachineCredential credential, AuditEntry entry) {
    var token = enrolmentTokens.get(id);
    if (token == null || !token.opens(secretHash, credential.issuedAt())) {
      return false;
    }
    add(credential);
    enrolmentTokens.put(
        id,
        new EnrolmentToken(
            id,
            token.secretHash(),
            token.createdBy(),
            token.createdAt(),
            token.expiresAt(),
            Optional.of(credential.issuedAt()),
            Optional.of(credential.machineId())));
    changes.change(entry);
    return true;
  }

  void addCredential(MachineCredential credential, AuditEntry entry) {
    add(credential);
    changes.change(entry);
  }

  boolean renew(String id, MachineCredential credential, AuditEntry entry) {
    var held = credentials.get(id);
    if (held == null || !held.mayBeFollowedBy(credential)) {
      return false;
    }
    add(credential);
    changes.change(entry);
    return true;
  }

  Optional<MachineCredential> credential(String id) {
    return Optional.ofNullable(credentials.get(id));
  }

  List<MachineCredential> credentials() {
    return credentials.values().stream()
        .filter(one -> one.expiresAt().isAfter(time.instant()))
        .sorted(
            Comparator.comparing(MachineCredential::machineId)
                .thenComparing(Comparator.comparing(MachineCredential::issuedAt).reversed())
                .thenComparing(MachineCredential::id))
        .toList();
  }

  int revoke(String machineId, Instant at, AuditEntry entry) {
    var held =
        credentials.values().stream()
            .filter(one -> one.machineId().equals(machineId))
            .filter(one -> one.revokedAt().isEmpty() && one.expiresAt().isAfter(at))
            .toList();
    held.forEach(one -> credentials.put(one.id(), revoked(one, at)));
    if (!held.isEmpty()) {
      changes.change(entry);
    }
    return held.size();
  }

  Optional<String> machineAuthority() {
    return machineAuthority;
  }

  void putMachineAuthority(String certificates, AuditEntry entry) {
    machineAuthority = Optional.of(certificates);
    changes.note(entry);
  }

  private void add(MachineCredential credential) {
    credentials.values().removeIf(one -> !one.expiresAt().isAfter(credential.issuedAt()));
    AccessRules.refuseKnown(
        "credential", credential.id(), Optional.ofNullable(credentials.get(credential.id())));
    AccessRules.checkRoom("credentials", credentials.size(), AccessStore.MOST_CREDENTIALS);
    credentials.put(credential.id(), credential);
  }

  private static MachineCredential revoked(MachineCredential credential, Instant at) {
    return new MachineCredential(
        credential.id(),
        credential.machineId(),
        credential.kind(),
        credential.secretHash(),
        credential.issuedAt(),
        credential.expiresAt(),
        Optional.of(at));
  }
}
