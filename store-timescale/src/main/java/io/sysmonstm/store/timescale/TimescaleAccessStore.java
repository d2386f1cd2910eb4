package io.sysmonstm.store.timescale;

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
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who may come in, in PostgreSQL, with or without the extension TimescaleDB, shared by any number
 * of processes. Thread-safe. Times are kept to the microsecond; what expires goes by the server's
 * clock, or by the time that a caller gives.
 *
 * <p>Whoever changes an account, token or credential waits for others that do: so of several that
 * want what one may have, one gets it. Sessions begin and end without waiting.
 */
public final class TimescaleAccessStore implements AccessStore {
  private final Database database;
  private final AuditTrail audit;
  private final AccessChanges changes;
  private final PeopleAccess people;
  private final EnrolmentAccess enrolment;
  private final AuditLimit limit = new AuditLimit();

  /**
   * Opens the store. Where the server does not answer, the store starts all the same, says so in
   * its health, and connects later.
   *
   * @throws io.sysmonstm.api.ConfigException where the URL cannot be read
   */
  TimescaleAccessStore(Server server, Clock clock, ProviderContext context) {
    this.audit = new AuditTrail("access", context);
    this.database = new Database(server, "access", TimescaleAccessStore::migrate, context);
    this.changes = new AccessChanges(database, audit);
    this.people = new PeopleAccess(changes);
    this.enrolment = new EnrolmentAccess(changes, clock);
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
  public void beginSession(LoginSession session, Account expected, AuditEntry entry) {
    people.beginSession(session, expected, entry);
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
    database.change(
        "write into the audit",
        connection -> {
          var leftOut = limit.leftOut(entry.at());
          if (leftOut.isPresent()) {
            audit.record(connection, leftOut.get());
          }
          audit.record(connection, entry);
          return true;
        });
  }

  @Override
  public long accessRevision() {
    return changes.revision();
  }

  @Override
  public Health health() {
    return database.health();
  }

  @Override
  public void close() {
    database.close();
  }

  private static boolean migrate(Connection connection) throws SQLException {
    var wanted = new ArrayList<>(TimescaleAlertStore.MIGRATIONS);
    wanted.add(Migration.of("access-001"));
    Migrations.apply(connection, wanted);
    return true;
  }
}
