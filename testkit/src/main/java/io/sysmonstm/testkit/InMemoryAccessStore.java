package io.sysmonstm.testkit;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.StoreUnavailableException;
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
import java.util.List;
import java.util.Optional;

/**
 * A store of who may come in that forgets all with the process, and can be made unavailable.
 * Thread-safe.
 */
public final class InMemoryAccessStore implements AccessStore {
  // All guarded by this.
  private final InMemoryPeople people;
  private final InMemoryMachines machines;
  private final AccessLog changes;
  private final AuditLimit limit = new AuditLimit();
  private final InMemoryAlertStore audit;
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
    this.audit = alerts;
    this.changes = new AccessLog(alerts);
    this.people = new InMemoryPeople(changes);
    this.machines = new InMemoryMachines(time, changes);
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
    return people.accounts();
  }

  @Override
  public synchronized Optional<Account> account(String name) {
    checkAvailable();
    return people.account(name);
  }

  @Override
  public synchronized Optional<Account> accountOf(String subject) {
    checkAvailable();
    return people.accountOf(subject);
  }

  @Override
  public synchronized boolean createFirstAccount(Account account, AuditEntry entry) {
    checkAvailable();
    return people.createFirstAccount(account, entry);
  }

  @Override
  public synchronized void addAccount(Account account, AuditEntry entry) {
    checkAvailable();
    people.addAccount(account, entry);
  }

  @Override
  public synchronized void changeAccount(Account expected, Account next, AuditEntry entry) {
    checkAvailable();
    people.changeAccount(expected, next, entry);
  }

  @Override
  public synchronized void deleteAccount(String name, AuditEntry entry) {
    checkAvailable();
    people.deleteAccount(name, entry);
  }

  @Override
  public synchronized void beginSession(LoginSession session, Account expected, AuditEntry entry) {
    checkAvailable();
    people.beginSession(session, expected, entry);
  }

  @Override
  public synchronized Optional<LoginSession> session(String secretHash) {
    checkAvailable();
    return people.session(secretHash);
  }

  @Override
  public synchronized void touchSession(String secretHash, Instant at) {
    checkAvailable();
    people.touchSession(secretHash, at);
  }

  @Override
  public synchronized void endSession(String secretHash, AuditEntry entry) {
    checkAvailable();
    people.endSession(secretHash, entry);
  }

  @Override
  public synchronized void endSessions(String account, AuditEntry entry) {
    checkAvailable();
    people.endSessions(account, entry);
  }

  @Override
  public synchronized void endAccess(String account, AuditEntry entry) {
    checkAvailable();
    people.endAccess(account, entry);
  }

  @Override
  public synchronized List<ApiToken> apiTokens() {
    checkAvailable();
    return people.apiTokens();
  }

  @Override
  public synchronized Optional<ApiToken> apiToken(String id) {
    checkAvailable();
    return people.apiToken(id);
  }

  @Override
  public synchronized void addApiToken(ApiToken token, AuditEntry entry) {
    checkAvailable();
    people.addApiToken(token, entry);
  }

  @Override
  public synchronized void revokeApiToken(String id, Instant at, AuditEntry entry) {
    checkAvailable();
    people.revokeApiToken(id, at, entry);
  }

  @Override
  public synchronized List<EnrolmentToken> enrolmentTokens() {
    checkAvailable();
    return machines.enrolmentTokens();
  }

  @Override
  public synchronized void addEnrolmentToken(EnrolmentToken token, AuditEntry entry) {
    checkAvailable();
    machines.addEnrolmentToken(token, entry);
  }

  @Override
  public synchronized boolean redeem(
      String id, String secretHash, MachineCredential credential, AuditEntry entry) {
    checkAvailable();
    return machines.redeem(id, secretHash, credential, entry);
  }

  @Override
  public synchronized void addCredential(MachineCredential credential, AuditEntry entry) {
    checkAvailable();
    machines.addCredential(credential, entry);
  }

  @Override
  public synchronized boolean renew(String id, MachineCredential credential, AuditEntry entry) {
    checkAvailable();
    return machines.renew(id, credential, entry);
  }

  @Override
  public synchronized Optional<MachineCredential> credential(String id) {
    checkAvailable();
    return machines.credential(id);
  }

  @Override
  public synchronized List<MachineCredential> credentials() {
    checkAvailable();
    return machines.credentials();
  }

  @Override
  public synchronized int revoke(String machineId, Instant at, AuditEntry entry) {
    checkAvailable();
    return machines.revoke(machineId, at, entry);
  }

  @Override
  public synchronized void record(AuditEntry entry) {
    checkAvailable();
    if (limit.admits(entry.action(), entry.at())) {
      limit.leftOut(entry.at()).ifPresent(changes::note);
      changes.note(entry);
    }
  }

  @Override
  public synchronized Optional<String> machineAuthority() {
    checkAvailable();
    return machines.machineAuthority();
  }

  @Override
  public synchronized void putMachineAuthority(String certificates, AuditEntry entry) {
    checkAvailable();
    machines.putMachineAuthority(certificates, entry);
  }

  @Override
  public synchronized long accessRevision() {
    checkAvailable();
    return changes.revision();
  }

  @Override
  public synchronized Health health() {
    return unavailable ? Health.failing("made unavailable by the test") : Health.ok();
  }

  @Override
  public void close() {}

  private void checkAvailable() {
    if (unavailable) {
      throw new StoreUnavailableException("the store was made unavailable by the test", null);
    }
  }
}
