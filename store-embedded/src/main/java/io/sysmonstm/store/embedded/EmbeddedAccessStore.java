package io.sysmonstm.store.embedded;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.AccessRules;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.AuditLimit;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.LoginSession;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.TimeSource;
import java.sql.SQLException;
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
  private final TimeSource time;
  private final AuditTrail audit;
  private final AuditLimit limit = new AuditLimit();

  /**
   * Opens the store, or makes it. Where the file cannot be opened now, the store starts all the
   * same, says so in its health, and tries again at each use.
   *
   * @param context time, counters and data directory
   */
  public EmbeddedAccessStore(ProviderContext context) {
    this.time = context.time();
    this.audit = new AuditTrail("access", context);
    this.database =
        Database.shared(context.dataDirectory().resolve(FILE), Schema.ACCESS, context.time());
  }

  @Override
  public List<Account> accounts() {
    return database.read("read accounts", AccountRows::all);
  }

  @Override
  public Optional<Account> account(String name) {
    return database.read("read an account", session -> AccountRows.find(session, name));
  }

  @Override
  public Optional<Account> accountOf(String subject) {
    return database.read("read an account", session -> AccountRows.ofSubject(session, subject));
  }

  @Override
  public boolean createFirstAccount(Account account, AuditEntry entry) {
    return database.write(
        "make the first account",
        session -> {
          if (AccountRows.count(session) > 0) {
            return false;
          }
          AccountRows.put(session, account);
          return changed(session, entry);
        });
  }

  @Override
  public void putAccount(Account account, AuditEntry entry) {
    database.write(
        "put an account",
        session -> {
          if (account.role() != Account.Role.ADMIN) {
            refuseLastAdmin(session, account.name());
          }
          checkSubject(session, account);
          var before = AccountRows.find(session, account.name());
          if (before.isEmpty()) {
            AccessRules.checkRoom("accounts", AccountRows.count(session), MOST);
          } else if (!account.keepsSessionsOf(before.get())) {
            LoginSessionRows.deleteOf(session, account.name());
          }
          AccountRows.put(session, account);
          return changed(session, entry);
        });
  }

  @Override
  public void deleteAccount(String name, AuditEntry entry) {
    database.write(
        "delete an account",
        session -> {
          if (AccountRows.find(session, name).isEmpty()) {
            throw AccessRules.noSuch("account", name);
          }
          refuseLastAdmin(session, name);
          AccountRows.delete(session, name);
          LoginSessionRows.deleteOf(session, name);
          return changed(session, entry);
        });
  }

  @Override
  public void beginSession(LoginSession login, AuditEntry entry) {
    database.write(
        "begin a session",
        session -> {
          if (AccountRows.find(session, login.account()).isEmpty()) {
            throw AccessRules.noSuch("account", login.account());
          }
          LoginSessionRows.deleteExpired(session, login.createdAt());
          LoginSessionRows.add(session, login);
          LoginSessionRows.deleteBeyond(session, login.account(), MOST_SESSIONS);
          audit.record(session, entry);
          return true;
        });
  }

  @Override
  public Optional<LoginSession> session(String secretHash) {
    return database.read("read a session", session -> LoginSessionRows.find(session, secretHash));
  }

  @Override
  public void touchSession(String secretHash, Instant at) {
    database.write(
        "note the use of a session",
        session -> {
          LoginSessionRows.touch(session, secretHash, at);
          return true;
        });
  }

  @Override
  public void endSession(String secretHash, AuditEntry entry) {
    database.write(
        "end a session",
        session -> {
          boolean ended = LoginSessionRows.delete(session, secretHash);
          if (ended) {
            audit.record(session, entry);
          }
          return ended;
        });
  }

  @Override
  public void endSessions(String account, AuditEntry entry) {
    database.write(
        "end sessions",
        session -> {
          boolean ended = LoginSessionRows.deleteOf(session, account);
          if (ended) {
            audit.record(session, entry);
          }
          return ended;
        });
  }

  @Override
  public List<ApiToken> apiTokens() {
    return database.read("read API tokens", session -> ApiTokenRows.newest(session, MOST));
  }

  @Override
  public Optional<ApiToken> apiToken(String id) {
    return database.read("read an API token", session -> ApiTokenRows.find(session, id));
  }

  @Override
  public void addApiToken(ApiToken token, AuditEntry entry) {
    database.write(
        "add an API token",
        session -> {
          ApiTokenRows.deleteEnded(session, token.createdAt().minus(AccessRules.ENDED_TOKENS_KEPT));
          AccessRules.refuseKnown("API token", token.id(), ApiTokenRows.find(session, token.id()));
          AccessRules.checkRoom("API tokens", ApiTokenRows.count(session), MOST);
          ApiTokenRows.add(session, token);
          return changed(session, entry);
        });
  }

  @Override
  public void revokeApiToken(String id, Instant at, AuditEntry entry) {
    database.write(
        "revoke an API token",
        session -> {
          if (ApiTokenRows.find(session, id).isEmpty()) {
            throw AccessRules.noSuch("API token", id);
          }
          return ApiTokenRows.revoke(session, id, at) && changed(session, entry);
        });
  }

  @Override
  public List<EnrolmentToken> enrolmentTokens() {
    return database.read(
        "read enrolment tokens",
        session ->
            EnrolmentTokenRows.since(
                session, time.instant().minus(AccessRules.ENROLMENT_TOKENS_KEPT)));
  }

  @Override
  public void addEnrolmentToken(EnrolmentToken token, AuditEntry entry) {
    database.write(
        "add an enrolment token",
        session -> {
          EnrolmentTokenRows.deleteBefore(
              session, token.createdAt().minus(AccessRules.ENROLMENT_TOKENS_KEPT));
          AccessRules.refuseKnown(
              "enrolment token", token.id(), EnrolmentTokenRows.find(session, token.id()));
          AccessRules.checkRoom(
              "enrolment tokens of a day",
              EnrolmentTokenRows.count(session),
              MOST_ENROLMENT_TOKENS);
          EnrolmentTokenRows.add(session, token);
          return changed(session, entry);
        });
  }

  @Override
  public boolean redeem(
      String id, String secretHash, MachineCredential credential, AuditEntry entry) {
    return database.write(
        "use an enrolment token",
        session -> {
          var token = EnrolmentTokenRows.find(session, id);
          if (token.filter(one -> one.opens(secretHash, credential.issuedAt())).isEmpty()) {
            return false;
          }
          add(session, credential);
          EnrolmentTokenRows.use(session, id, credential);
          return changed(session, entry);
        });
  }

  @Override
  public void addCredential(MachineCredential credential, AuditEntry entry) {
    database.write(
        "add a credential",
        session -> {
          add(session, credential);
          return changed(session, entry);
        });
  }

  @Override
  public boolean renew(String id, MachineCredential credential, AuditEntry entry) {
    return database.write(
        "renew a credential",
        session -> {
          var held = CredentialRows.find(session, id);
          if (held.filter(one -> one.mayBeFollowedBy(credential)).isEmpty()) {
            return false;
          }
          add(session, credential);
          return changed(session, entry);
        });
  }

  @Override
  public Optional<MachineCredential> credential(String id) {
    return database.read("read a credential", session -> CredentialRows.find(session, id));
  }

  @Override
  public List<MachineCredential> credentials() {
    return database.read(
        "read credentials",
        session -> CredentialRows.heldAt(session, time.instant(), MOST_CREDENTIALS));
  }

  @Override
  public int revoke(String machineId, Instant at, AuditEntry entry) {
    return database.write(
        "revoke credentials",
        session -> {
          int revoked = CredentialRows.revoke(session, machineId, at);
          if (revoked > 0) {
            boolean _ = changed(session, entry);
          }
          return revoked;
        });
  }

  @Override
  public Optional<String> machineAuthority() {
    return database.read(
        "read the machine authority",
        session -> {
          try (var rows =
              session.prepare("SELECT certificates FROM machine_authority").executeQuery()) {
            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
          }
        });
  }

  @Override
  public void putMachineAuthority(String certificates, AuditEntry entry) {
    database.write(
        "put the machine authority",
        session -> {
          session.execute("DELETE FROM machine_authority");
          var insert = session.prepare("INSERT INTO machine_authority VALUES (?)");
          insert.setString(1, certificates);
          insert.executeUpdate();
          audit.record(session, entry);
          return true;
        });
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

  private boolean changed(Session session, AuditEntry entry) throws SQLException {
    audit.record(session, entry);
    session.prepare("UPDATE revision SET number = number + 1").executeUpdate();
    return true;
  }

  private static void add(Session session, MachineCredential credential) throws SQLException {
    CredentialRows.deleteExpired(session, credential.issuedAt());
    AccessRules.refuseKnown(
        "credential", credential.id(), CredentialRows.find(session, credential.id()));
    AccessRules.checkRoom("credentials", CredentialRows.count(session), MOST_CREDENTIALS);
    CredentialRows.add(session, credential);
  }

  private static void refuseLastAdmin(Session session, String name) throws SQLException {
    if (!AccountRows.hasOtherAdmin(session, name)) {
      throw AccessRules.lastAdmin(name);
    }
  }

  private static void checkSubject(Session session, Account account) throws SQLException {
    if (account.subject().isPresent()) {
      AccessRules.checkSubject(account, AccountRows.ofSubject(session, account.subject().get()));
    }
  }
}
