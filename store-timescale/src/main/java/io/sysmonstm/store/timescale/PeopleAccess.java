package io.sysmonstm.store.timescale;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.AccessRules;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.LoginSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What {@link TimescaleAccessStore} does with people, their sessions and tokens. Thread-safe. */
final class PeopleAccess {
  private final AccessChanges changes;

  PeopleAccess(AccessChanges changes) {
    this.changes = changes;
  }

  List<Account> accounts() {
    return changes.database().read("read accounts", AccountRows::all);
  }

  Optional<Account> account(String name) {
    return changes
        .database()
        .read("read an account", connection -> AccountRows.find(connection, name));
  }

  Optional<Account> accountOf(String subject) {
    return changes
        .database()
        .read("read an account", connection -> AccountRows.ofSubject(connection, subject));
  }

  boolean createFirstAccount(Account account, AuditEntry entry) {
    return changes.change(
        "make the first account",
        entry,
        connection -> {
          if (AccountRows.count(connection) > 0) {
            return false;
          }
          AccountRows.add(connection, account);
          return true;
        });
  }

  void addAccount(Account account, AuditEntry entry) {
    changes.change(
        "add an account",
        entry,
        connection -> {
          AccessRules.refuseKnownAccount(
              account.name(), AccountRows.find(connection, account.name()));
          if (account.role() != Account.Role.ADMIN) {
            refuseLastAdmin(connection, account.name());
          }
          checkSubject(connection, account);
          AccessRules.checkRoom("accounts", AccountRows.count(connection), AccessStore.MOST);
          AccountRows.add(connection, account);
          return true;
        });
  }

  void changeAccount(Account expected, Account next, AuditEntry entry) {
    changes.change(
        "change an account",
        entry,
        connection -> {
          AccessRules.checkUnchanged(expected, AccountRows.find(connection, next.name()));
          if (next.role() != Account.Role.ADMIN) {
            refuseLastAdmin(connection, next.name());
          }
          checkSubject(connection, next);
          // First the account, which waits for sessions that begin: so none of them is missed.
          AccountRows.change(connection, next);
          if (!next.keepsSessionsOf(expected)) {
            AccountRows.endAllOf(connection, next.name());
          }
          endTokens(connection, next.name(), Optional.of(next.role()), entry);
          return true;
        });
  }

  void deleteAccount(String name, AuditEntry entry) {
    changes.change(
        "delete an account",
        entry,
        connection -> {
          if (AccountRows.find(connection, name).isEmpty()) {
            throw AccessRules.noSuch("account", name);
          }
          refuseLastAdmin(connection, name);
          endTokens(connection, name, Optional.empty(), entry);
          return AccountRows.delete(connection, name);
        });
  }

  void beginSession(LoginSession session, Account expected, AuditEntry entry) {
    changes.note(
        "begin a session",
        entry,
        connection -> {
          AccessRules.checkUnchanged(expected, AccountRows.hold(connection, session.account()));
          AccountRows.begin(connection, session, AccessStore.MOST_SESSIONS);
          return true;
        });
  }

  Optional<LoginSession> session(String secretHash) {
    return changes
        .database()
        .read("read a session", connection -> AccountRows.session(connection, secretHash));
  }

  void touchSession(String secretHash, Instant at) {
    changes
        .database()
        .change(
            "note the use of a session",
            connection -> {
              AccountRows.touch(connection, secretHash, at);
              return true;
            });
  }

  void endSession(String secretHash, AuditEntry entry) {
    changes.note("end a session", entry, connection -> AccountRows.end(connection, secretHash));
  }

  void endSessions(String account, AuditEntry entry) {
    changes.note("end sessions", entry, connection -> AccountRows.endAllOf(connection, account));
  }

  void endAccess(String account, AuditEntry entry) {
    changes.change(
        "end the access of an account",
        entry,
        connection -> {
          boolean ended = AccountRows.endAllOf(connection, account);
          return endTokens(connection, account, Optional.empty(), entry) || ended;
        });
  }

  List<ApiToken> apiTokens() {
    return changes
        .database()
        .read("read API tokens", connection -> TokenRows.newest(connection, AccessStore.MOST));
  }

  Optional<ApiToken> apiToken(String id) {
    return changes
        .database()
        .read("read an API token", connection -> TokenRows.find(connection, id));
  }

  void addApiToken(ApiToken token, AuditEntry entry) {
    changes.change(
        "add an API token",
        entry,
        connection -> {
          TokenRows.deleteEnded(connection, token.createdAt().minus(AccessRules.ENDED_TOKENS_KEPT));
          AccessRules.refuseKnown("API token", token.id(), TokenRows.find(connection, token.id()));
          AccessRules.checkRoom("API tokens", TokenRows.count(connection), AccessStore.MOST);
          AccessRules.checkMaker(token, AccountRows.find(connection, token.createdBy()));
          TokenRows.add(connection, token);
          return true;
        });
  }

  void revokeApiToken(String id, Instant at, AuditEntry entry) {
    changes.change(
        "revoke an API token",
        entry,
        connection -> {
          if (TokenRows.find(connection, id).isEmpty()) {
            throw AccessRules.noSuch("API token", id);
          }
          return TokenRows.revoke(connection, id, at);
        });
  }

  /** Returns whether there was one. */
  private boolean endTokens(
      Connection connection, String account, Optional<Account.Role> role, AuditEntry entry)
      throws SQLException {
    var made = TokenRows.heldOf(connection, account);
    var ending = AccessRules.ending(made, role, entry.at());
    for (var token : ending) {
      TokenRows.revoke(connection, token.id(), entry.at());
      changes.audit().record(connection, AccessRules.ended(entry, token));
    }
    return !ending.isEmpty();
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
}
