package io.sysmonstm.testkit;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.AccessRules;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.AuditLimit;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.LoginSession;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.spi.TimeSource;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A store of who may come in that forgets all with the process, and can be made unavailable.
 * Thread-safe.
 */
public final class InMemoryAccessStore implements AccessStore {
  // All guarded by this.
  private final Map<String, Account> accounts = new TreeMap<>();
  private final Map<String, LoginSession> sessions = new LinkedHashMap<>();
  private final Map<String, ApiToken> apiTokens = new LinkedHashMap<>();
  private final Map<String, EnrolmentToken> enrolmentTokens = new LinkedHashMap<>();
  private final Map<String, MachineCredential> credentials = new LinkedHashMap<>();
  private final AuditLimit limit = new AuditLimit();
  private final TimeSource time;
  private final InMemoryAlertStore audit;
  private Optional<String> machineAuthority = Optional.empty();
  private long revision;
  private boolean unavailable;

  /** Creates an empty store on the machine's clock, with an audit of its own. */
  public InMemoryAccessStore() {
    this(TimeSource.system(), new InMemoryAlertStore());
  }

  /**
   * Creates an empty store.
   *
   * @param time the clock that credentials expire by
   * @param alerts the store whose audit it writes into
   */
  public InMemoryAccessStore(TimeSource time, InMemoryAlertStore alerts) {
    this.time = time;
    this.audit = alerts;
  }

  /**
   * Makes every later call fail, as if the server were down, or work again.
   *
   * @param now whether calls fail
   */
  public synchronized void unavailable(boolean now) {
    unavailable = now;
  }

  /** {@return the 1,000 newest entries of the audit, the newest first} */
  public List<AuditEntry> audit() {
    return audit.audit(Optional.empty(), 1_000);
  }

  @Override
  public synchronized List<Account> accounts() {
    checkAvailable();
    return List.copyOf(accounts.values());
  }

  @Override
  public synchronized Optional<Account> account(String name) {
    checkAvailable();
    return Optional.ofNullable(accounts.get(name));
  }

  @Override
  public synchronized Optional<Account> accountOf(String subject) {
    checkAvailable();
    return accounts.values().stream()
        .filter(account -> account.subject().equals(Optional.of(subject)))
        .findFirst();
  }

  @Override
  public synchronized boolean createFirstAccount(Account account, AuditEntry entry) {
    checkAvailable();
    if (!accounts.isEmpty()) {
      return false;
    }
    accounts.put(account.name(), account);
    changed(entry);
    return true;
  }

  @Override
  public synchronized void putAccount(Account account, AuditEntry entry) {
    checkAvailable();
    var before = accounts.get(account.name());
    if (account.role() != Account.Role.ADMIN) {
      refuseLastAdmin(account.name());
    }
    AccessRules.checkSubject(account, account.subject().flatMap(this::accountOf));
    if (before == null) {
      AccessRules.checkRoom("accounts", accounts.size(), MOST);
      accounts.put(account.name(), account);
    } else {
      accounts.put(account.name(), createdAt(account, before.createdAt()));
      if (!account.keepsSessionsOf(before)) {
        endSessionsOf(account.name());
      }
    }
    changed(entry);
  }

  private static Account createdAt(Account account, Instant at) {
    return new Account(
        account.name(), account.role(), account.passwordHash(), account.subject(), at);
  }

  @Override
  public synchronized void deleteAccount(String name, AuditEntry entry) {
    checkAvailable();
    if (!accounts.containsKey(name)) {
      throw AccessRules.noSuch("account", name);
    }
    refuseLastAdmin(name);
    accounts.remove(name);
    endSessionsOf(name);
    changed(entry);
  }

  private void refuseLastAdmin(String name) {
    if (accounts.values().stream()
        .noneMatch(one -> one.role() == Account.Role.ADMIN && !one.name().equals(name))) {
      throw AccessRules.lastAdmin(name);
    }
  }

  private void endSessionsOf(String name) {
    sessions.values().removeIf(session -> session.account().equals(name));
  }

  @Override
  public synchronized void beginSession(LoginSession session, AuditEntry entry) {
    checkAvailable();
    if (!accounts.containsKey(session.account())) {
      throw AccessRules.noSuch("account", session.account());
    }
    sessions.values().removeIf(one -> !one.expiresAt().isAfter(session.createdAt()));
    sessions.put(session.secretHash(), session);
    sessions.values().stream()
        .filter(one -> one.account().equals(session.account()))
        .sorted(Comparator.comparing(LoginSession::lastSeen).reversed())
        .skip(MOST_SESSIONS)
        .toList()
        .forEach(one -> sessions.remove(one.secretHash()));
    audit.add(entry);
  }

  @Override
  public synchronized Optional<LoginSession> session(String secretHash) {
    checkAvailable();
    return Optional.ofNullable(sessions.get(secretHash));
  }

  @Override
  public synchronized void touchSession(String secretHash, Instant at) {
    checkAvailable();
    sessions.computeIfPresent(
        secretHash,
        (hash, one) ->
            one.lastSeen().isBefore(at)
                ? new LoginSession(
                    hash,
                    one.account(),
                    one.csrfToken(),
                    one.createdAt(),
                    at,
                    one.expiresAt(),
                    one.source())
                : one);
  }

  @Override
  public synchronized void endSession(String secretHash, AuditEntry entry) {
    checkAvailable();
    if (sessions.remove(secretHash) != null) {
      audit.add(entry);
    }
  }

  @Override
  public synchronized void endSessions(String account, AuditEntry entry) {
    checkAvailable();
    if (sessions.values().removeIf(session -> session.account().equals(account))) {
      audit.add(entry);
    }
  }

  @Override
  public synchronized List<ApiToken> apiTokens() {
    checkAvailable();
    return apiTokens.values().stream()
        .sorted(Comparator.comparing(ApiToken::createdAt).reversed().thenComparing(ApiToken::id))
        .toList();
  }

  @Override
  public synchronized Optional<ApiToken> apiToken(String id) {
    checkAvailable();
    return Optional.ofNullable(apiTokens.get(id));
  }

  @Override
  public synchronized void addApiToken(ApiToken token, AuditEntry entry) {
    checkAvailable();
    var before = token.createdAt().minus(AccessRules.ENDED_TOKENS_KEPT);
    apiTokens
        .values()
        .removeIf(
            one ->
                one.revokedAt().filter(before::isAfter).isPresent()
                    || one.expiresAt().filter(before::isAfter).isPresent());
    AccessRules.refuseKnown(
        "API token", token.id(), Optional.ofNullable(apiTokens.get(token.id())));
    AccessRules.checkRoom("API tokens", apiTokens.size(), MOST);
    apiTokens.put(token.id(), token);
    changed(entry);
  }

  @Override
  public synchronized void revokeApiToken(String id, Instant at, AuditEntry entry) {
    checkAvailable();
    var token = apiTokens.get(id);
    if (token == null) {
      throw AccessRules.noSuch("API token", id);
    }
    if (token.revokedAt().isEmpty()) {
      apiTokens.put(
          id,
          new ApiToken(
              id,
              token.secretHash(),
              token.name(),
              token.scopes(),
              token.createdBy(),
              token.createdAt(),
              token.expiresAt(),
              Optional.of(at)));
      changed(entry);
    }
  }

  @Override
  public synchronized List<EnrolmentToken> enrolmentTokens() {
    checkAvailable();
    var since = time.instant().minus(AccessRules.ENROLMENT_TOKENS_KEPT);
    return enrolmentTokens.values().stream()
        .filter(token -> !token.createdAt().isBefore(since))
        .sorted(
            Comparator.comparing(EnrolmentToken::createdAt)
                .reversed()
                .thenComparing(EnrolmentToken::id))
        .toList();
  }

  @Override
  public synchronized void addEnrolmentToken(EnrolmentToken token, AuditEntry entry) {
    checkAvailable();
    var since = token.createdAt().minus(AccessRules.ENROLMENT_TOKENS_KEPT);
    enrolmentTokens.values().removeIf(one -> one.createdAt().isBefore(since));
    AccessRules.refuseKnown(
        "enrolment token", token.id(), Optional.ofNullable(enrolmentTokens.get(token.id())));
    AccessRules.checkRoom(
        "enrolment tokens of a day", enrolmentTokens.size(), MOST_ENROLMENT_TOKENS);
    enrolmentTokens.put(token.id(), token);
    changed(entry);
  }

  @Override
  public synchronized boolean redeem(
      String id, String secretHash, MachineCredential credential, AuditEntry entry) {
    checkAvailable();
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
    changed(entry);
    return true;
  }

  @Override
  public synchronized void addCredential(MachineCredential credential, AuditEntry entry) {
    checkAvailable();
    add(credential);
    changed(entry);
  }

  @Override
  public synchronized boolean renew(String id, MachineCredential credential, AuditEntry entry) {
    checkAvailable();
    var held = credentials.get(id);
    if (held == null || !held.mayBeFollowedBy(credential)) {
      return false;
    }
    add(credential);
    changed(entry);
    return true;
  }

  private void add(MachineCredential credential) {
    credentials.values().removeIf(one -> !one.expiresAt().isAfter(credential.issuedAt()));
    AccessRules.refuseKnown(
        "credential", credential.id(), Optional.ofNullable(credentials.get(credential.id())));
    AccessRules.checkRoom("credentials", credentials.size(), MOST_CREDENTIALS);
    credentials.put(credential.id(), credential);
  }

  @Override
  public synchronized Optional<MachineCredential> credential(String id) {
    checkAvailable();
    return Optional.ofNullable(credentials.get(id));
  }

  @Override
  public synchronized List<MachineCredential> credentials() {
    checkAvailable();
    return credentials.values().stream()
        .filter(one -> one.expiresAt().isAfter(time.instant()))
        .sorted(
            Comparator.comparing(MachineCredential::machineId)
                .thenComparing(Comparator.comparing(MachineCredential::issuedAt).reversed())
                .thenComparing(MachineCredential::id))
        .toList();
  }

  @Override
  public synchronized int revoke(String machineId, Instant at, AuditEntry entry) {
    checkAvailable();
    var held =
        credentials.values().stream()
            .filter(one -> one.machineId().equals(machineId))
            .filter(one -> one.revokedAt().isEmpty() && one.expiresAt().isAfter(at))
            .toList();
    held.forEach(one -> credentials.put(one.id(), revoked(one, at)));
    if (!held.isEmpty()) {
      changed(entry);
    }
    return held.size();
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

  @Override
  public synchronized void record(AuditEntry entry) {
    checkAvailable();
    if (limit.admits(entry.action(), entry.at())) {
      limit.leftOut(entry.at()).ifPresent(audit::add);
      audit.add(entry);
    }
  }

  @Override
  public synchronized Optional<String> machineAuthority() {
    checkAvailable();
    return machineAuthority;
  }

  @Override
  public synchronized void putMachineAuthority(String certificates, AuditEntry entry) {
    checkAvailable();
    machineAuthority = Optional.of(certificates);
    audit.add(entry);
  }

  @Override
  public synchronized long accessRevision() {
    checkAvailable();
    return revision;
  }

  @Override
  public synchronized Health health() {
    return unavailable ? Health.failing("made unavailable by the test") : Health.ok();
  }

  @Override
  public void close() {}

  private void changed(AuditEntry entry) {
    audit.add(entry);
    revision++;
  }

  private void checkAvailable() {
    if (unavailable) {
      throw new StoreUnavailableException("the store was made unavailable by the test", null);
    }
  }
}
