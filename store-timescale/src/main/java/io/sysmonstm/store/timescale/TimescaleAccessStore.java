package io.sysmonstm.store.timescale;

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
  private static final Revision REVISION = Revision.ACCESS;

  private final Database database;
  private final Clock clock;
  private final AuditTrail audit;
  private final AuditLimit limit = new AuditLimit();

  /**
   * Opens the store. Where the server does not answer, the store starts all the same, says so in
   * its health, and connects later.
   *
   * @throws io.sysmonstm.api.ConfigException where the URL cannot be read
   */
  TimescaleAccessStore(Server server, Clock clock, ProviderContext context) {
    this.clock = clock;
    this.audit = new AuditTrail("access", context);
    this.database = new Database(server, "access", TimescaleAccessStore::migrate, context);
  }

  @Override
  public List<Account> accounts() {
    return database.read("read accounts", AccountRows::all);
  }

  @Override
  public Optional<Account> account(String name) {
    return database.read("read an account", connection -> AccountRows.find(connection, name));
  }

  @Override
  public Optional<Account> accountOf(String subject) {
    return database.read(
        "read an account", connection -> AccountRows.ofSubject(connection, subject));
  }

  @Override
  public boolean createFirstAccount(Account account, AuditEntry entry) {
    return change(
        "make the first account",
        entry,
        connection -> {
          if (AccountRows.count(connection) > 0) {
            return false;
          }
          AccountRows.put(connection, account);
          return true;
        });
  }

  @Override
  public void putAccount(Account account, AuditEntry entry) {
    change(
        "put an account",
        entry,
        connection -> {
          if (account.role() != Account.Role.ADMIN) {
            refuseLastAdmin(connection, account.name());
          }
          checkSubject(connection, account);
          var before = AccountRows.find(connection, account.name());
          if (before.isEmpty()) {
            AccessRules.checkRoom("accounts", AccountRows.count(connection), MOST);
          } else if (!account.keepsSessionsOf(before.get())) {
            AccountRows.endAllOf(connection, account.name());
          }
          AccountRows.put(connection, account);
          return true;
        });
  }

  @Override
  public void deleteAccount(String name, AuditEntry entry) {
    change(
        "delete an account",
        entry,
        connection -> {
          if (AccountRows.find(connection, name).isEmpty()) {
            throw AccessRules.noSuch("account", name);
          }
          refuseLastAdmin(connection, name);
          return AccountRows.delete(connection, name);
        });
  }

  @Override
  public void beginSession(LoginSession session, AuditEntry entry) {
    database.change(
        "begin a session",
        connection -> {
          if (!AccountRows.hold(connection, session.account())) {
            throw AccessRules.noSuch("account", session.account());
          }
          AccountRows.begin(connection, session, MOST_SESSIONS);
          audit.record(connection, entry);
          return true;
        });
  }

  @Override
  public Optional<LoginSession> session(String secretHash) {
    return database.read(
        "read a session", connection -> AccountRows.session(connection, secretHash));
  }

  @Override
  public void touchSession(String secretHash, Instant at) {
    database.change(
        "note the use of a session",
        connection -> {
          AccountRows.touch(connection, secretHash, at);
          return true;
        });
  }

  @Override
  public void endSession(String secretHash, AuditEntry entry) {
    database.change(
        "end a session",
        connection -> {
          boolean ended = AccountRows.end(connection, secretHash);
          if (ended) {
            audit.record(connection, entry);
          }
          return ended;
        });
  }

  @Override
  public void endSessions(String account, AuditEntry entry) {
    database.change(
        "end sessions",
        connection -> {
          boolean ended = AccountRows.endAllOf(connection, account);
          if (ended) {
            audit.record(connection, entry);
          }
          return ended;
        });
  }

  @Override
  public List<ApiToken> apiTokens() {
    return database.read("read API tokens", connection -> TokenRows.newest(connection, MOST));
  }

  @Override
  public Optional<ApiToken> apiToken(String id) {
    return database.read("read an API token", connection -> TokenRows.find(connection, id));
  }

  @Override
  public void addApiToken(ApiToken token, AuditEntry entry) {
    change(
        "add an API token",
        entry,
        connection -> {
          TokenRows.deleteEnded(connection, token.createdAt().minus(AccessRules.ENDED_TOKENS_KEPT));
          AccessRules.refuseKnown("API token", token.id(), TokenRows.find(connection, token.id()));
          AccessRules.checkRoom("API tokens", TokenRows.count(connection), MOST);
          TokenRows.add(connection, token);
          return true;
        });
  }

  @Override
  public void revokeApiToken(String id, Instant at, AuditEntry entry) {
    change(
        "revoke an API token",
        entry,
        connection -> {
          if (TokenRows.find(connection, id).isEmpty()) {
            throw AccessRules.noSuch("API token", id);
          }
          return TokenRows.revoke(connection, id, at);
        });
  }

  @Override
  public List<EnrolmentToken> enrolmentTokens() {
    return database.read(
        "read enrolment tokens",
        connection ->
            TokenRows.enrolmentSince(
                connection, clock.now(connection).minus(AccessRules.ENROLMENT_TOKENS_KEPT)));
  }

  @Override
  public void addEnrolmentToken(EnrolmentToken token, AuditEntry entry) {
    change(
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
              MOST_ENROLMENT_TOKENS);
          TokenRows.addEnrolment(connection, token);
          return true;
        });
  }

  @Override
  public boolean redeem(
      String id, String secretHash, MachineCredential credential, AuditEntry entry) {
    return change(
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

  @Override
  public void addCredential(MachineCredential credential, AuditEntry entry) {
    change(
        "add a credential",
        entry,
        connection -> {
          add(connection, credential);
          return true;
        });
  }

  @Override
  public boolean renew(String id, MachineCredential credential, AuditEntry entry) {
    return change(
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

  @Override
  public Optional<MachineCredential> credential(String id) {
    return database.read("read a credential", connection -> CredentialRows.find(connection, id));
  }

  @Override
  public List<MachineCredential> credentials() {
    return database.read(
        "read credentials",
        connection -> CredentialRows.heldAt(connection, clock.now(connection), MOST_CREDENTIALS));
  }

  @Override
  public int revoke(String machineId, Instant at, AuditEntry entry) {
    var revoked = new ArrayList<Integer>();
    change(
        "revoke credentials",
        entry,
        connection -> {
          revoked.add(CredentialRows.revoke(connection, machineId, at));
          return revoked.getLast() > 0;
        });
    return revoked.getLast();
  }

  @Override
  public Optional<String> machineAuthority() {
    return database.read(
        "read the machine authority",
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery("SELECT certificates FROM access_authority")) {
            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
          }
        });
  }

  @Override
  public void putMachineAuthority(String certificates, AuditEntry entry) {
    database.change(
        "put the machine authority",
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
          audit.record(connection, entry);
          return true;
        });
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
    return database.read("read the revision", REVISION::read);
  }

  @Override
  public Health health() {
    return database.health();
  }

  @Override
  public void close() {
    database.close();
  }

  /** Makes a change alone, and writes into the audit where there was one. */
  private boolean change(String what, AuditEntry entry, Work<Boolean> work) {
    return database.change(
        what,
        connection -> {
          REVISION.lock(connection);
          boolean changed = work.run(connection);
          if (changed) {
            audit.record(connection, entry);
            REVISION.advance(connection);
          }
          return changed;
        });
  }

  private static void add(Connection connection, MachineCredential credential) throws SQLException {
    CredentialRows.deleteExpired(connection, credential.issuedAt());
    AccessRules.refuseKnown(
        "credential", credential.id(), CredentialRows.find(connection, credential.id()));
    AccessRules.checkRoom("credentials", CredentialRows.count(connection), MOST_CREDENTIALS);
    CredentialRows.add(connection, credential);
  }

  private static void refuseLastAdmin(Connection connection, String name) throws SQLException {
    if (!AccountRows.hasOtherAdmin(connection, name)) {
      throw AccessRules.lastAdmin(name);
    }
  }

  private static void checkSubject(Connection connection, Account account) throws SQLException {
    if (account.subject().isPresent()) {
      AccessRules.checkSubject(account, AccountRows.ofSubject(connection, account.subject().get()));
    }
  }

  private static boolean migrate(Connection connection) throws SQLException {
    var wanted = new ArrayList<>(TimescaleAlertStore.MIGRATIONS);
    wanted.add(Migration.of("access-001"));
    Migrations.apply(connection, wanted);
    return true;
  }
}
