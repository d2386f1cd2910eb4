package io.sysmonstm.store.embedded;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.AuditLimit;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.LoginSession;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.spi.ProviderContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who may come in, in the SQLite file {@code access.db} of the data directory. Thread-safe, and
 * shared: a command may open it while a role has it open. Every change waits for the disk.
 *
 * <p>A file that is damaged or of a later version is left as it is, and every call fails: with a
 * new, empty one whoever comes first could make an account.
 */
public final class EmbeddedAccessStore implements AccessStore {
  static final String FILE = "access.db";

  private final Database database;
  private final AuditTrail audit;
  private final PeopleAccess people;
  private final EnrolmentAccess enrolment;
  private final AuditLimit limit = new AuditLimit();

  /**
   * Opens the store, or makes it. Where the file cannot be opened now, the store starts all the
   * same, says so in its health, and tries again at each use.
   *
   * @param context time, counters and data directory
   */
  public EmbeddedAccessStore(ProviderContext context) {
    this.audit = new AuditTrail("access", context);
    this.database =
        Database.shared(context.dataDirectory().resolve(FILE), Schema.ACCESS, context.time());
    var changes = new AccessChanges(database, audit);
    this.people = new PeopleAccess(changes);
    this.enrolment = new EnrolmentAccess(changes, context.time());
  }

  @Override
  public List<Account> accounts() {
    return people.accounts();
  }

  @Override
  public Optional<Account> account(String name) {
    return people.account(name);
  }

  @Override
  public Optional<Account> accountOf(String subject) {
    return people.accountOf(subject);
  }

  @Override
  public boolean createFirstAccount(Account account, AuditEntry entry) {
    return people.createFirstAccount(account, entry);
  }

  @Override
  public void addAccount(Account account, AuditEntry entry) {
    people.addAccount(account, entry);
  }

  @Override
  public void changeAccount(Account expected, Account next, AuditEntry entry) {
    people.changeAccount(expected, next, entry);
  }

  @Override
  public void deleteAccount(String name, AuditEntry entry) {
    people.deleteAccount(name, entry);
  }

  @Override
  public void beginSession(LoginSession login, Account expected, AuditEntry entry) {
    people.beginSession(login, expected, entry);
  }

  @Override
  public Optional<LoginSession> session(String secretHash) {
    return people.session(secretHash);
  }

  @Override
  public void touchSession(String secretHash, Instant at) {
    people.touchSession(secretHash, at);
  }

  @Override
  public void endSession(String secretHash, AuditEntry entry) {
    people.endSession(secretHash, entry);
  }

  @Override
  public void endSessions(String account, AuditEntry entry) {
    people.endSessions(account, entry);
  }

  @Override
  public void endAccess(String account, AuditEntry entry) {
    people.endAccess(account, entry);
  }

  @Override
  public List<ApiToken> apiTokens() {
    return people.apiTokens();
  }

  @Override
  public Optional<ApiToken> apiToken(String id) {
    return people.apiToken(id);
  }

  @Override
  public void addApiToken(ApiToken token, AuditEntry entry) {
    people.addApiToken(token, entry);
  }

  @Override
  public void revokeApiToken(String id, Instant at, AuditEntry entry) {
    people.revokeApiToken(id, at, entry);
  }

  @Override
  public List<EnrolmentToken> enrolmentTokens() {
    return enrolment.enrolmentTokens();
  }

  @Override
  public void addEnrolmentToken(EnrolmentToken token, AuditEntry entry) {
    enrolment.addEnrolmentToken(token, entry);
  }

  @Override
  public boolean redeem(
      String id, String secretHash, MachineCredential credential, AuditEntry entry) {
    return enrolment.redeem(id, secretHash, credential, entry);
  }

  @Override
  public void addCredential(MachineCredential credential, AuditEntry entry) {
    enrolment.addCredential(credential, entry);
  }

  @Override
  public boolean renew(String id, MachineCredential credential, AuditEntry entry) {
    return enrolment.renew(id, credential, entry);
  }

  @Override
  public Optional<MachineCredential> credential(String id) {
    return enrolment.credential(id);
  }

  @Override
  public List<MachineCredential> credentials() {
    return enrolment.credentials();
  }

  @Override
  public int revoke(String machineId, Instant at, AuditEntry entry) {
    return enrolment.revoke(machineId, at, entry);
  }

  @Override
  public Optional<String> machineAuthority() {
    return enrolment.machineAuthority();
  }

  @Override
  public void putMachineAuthority(String certificates, AuditEntry entry) {
    enrolment.putMachineAuthority(certificates, entry);
  }

  @Override
  public void record(AuditEntry entry) {
    if (!limit.admits(entry.action(), entry.at())) {
      return;
    }
    database.write(
        "write into the audit",
        session -> {
          var leftOut = limit.leftOut(entry.at());
          if (leftOut.isPresent()) {
            audit.record(session, leftOut.get());
          }
          audit.record(session, entry);
          return true;
        });
  }

  @Override
  public long accessRevision() {
    return database.read(
        "read the revision",
        session -> Session.numberOr(0, session.prepare("SELECT number FROM revision")));
  }

  @Override
  public Health health() {
    return database.health();
  }

  @Override
  public void close() {
    database.close();
  }

  /** For tests: the file below. */
  Database database() {
    return database;
  }
}
