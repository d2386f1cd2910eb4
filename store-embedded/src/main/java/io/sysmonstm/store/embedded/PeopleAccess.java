package io.sysmonstm.store.embedded;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.AccessRules;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.LoginSession;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What {@link EmbeddedAccessStore} does with people, their sessions and tokens. Thread-safe. */
final class PeopleAccess {
  private final AccessChanges changes;

  PeopleAccess(AccessChanges changes) {
    this.changes = changes;
  }

  List<Account> accounts() {
    return changes.database().read("read accounts", AccountRows::all);
  }

  Optional<Account> account(String name) {
    return changes.database().read("read an account", session -> AccountRows.find(session, name));
  }

  Optional<Account> accountOf(String subject) {
    return changes
        .database()
        .read("read an account", session -> AccountRows.ofSubject(session, subject));
  }

  boolean createFirstAccount(Account account, AuditEntry entry) {
    return changes.change(
        "make the first account",
        entry,
        session -> {
          if (AccountRows.count(session) > 0) {
            return false;
          }
          AccountRows.add(session, account);
          return true;
        });
  }

  void addAccount(Account account, AuditEntry entry) {
    changes.change(
        "add an account",
        entry,
        session -> {
          AccessRules.refuseKnownAccount(account.name(), AccountRows.find(session, account.name()));
          if (account.role() != Account.Role.ADMIN) {
            refuseLastAdmin(session, account.name());
          }
          checkSubject(session, account);
          AccessRules.checkRoom("accounts", AccountRows.count(session), AccessStore.MOST);
          AccountRows.add(session, account);
          return true;
        });
  }

  void changeAccount(Account expected, Account next, AuditEntry entry) {
    changes.change(
        "change an account",
        entry,
        session -> {
          AccessRules.checkUnchanged(expected, AccountRows.find(session, next.name()));
          if (next.role() != Account.Role.ADMIN) {
            refuseLastAdmin(session, next.name());
          }
          checkSubject(session, next);
          AccountRows.change(session, next);
          if (!next.keepsSessionsOf(expected)) {
            LoginSessionRows.deleteOf(session, next.name());
          }
          endTokens(session, next.name(), Optional.of(next.role()), entry);
          return true;
        });
  }

  void deleteAccount(String name, AuditEntry entry) {
    changes.change(
        "delete an account",
        entry,
        session -> {
          if (AccountRows.find(session, name).isEmpty()) {
            throw AccessRules.noSuch("account", name);
          }
          refuseLastAdmin(session, name);
          AccountRows.delete(session, name);
          LoginSessionRows.deleteOf(session, name);
          endTokens(session, name, Optional.empty(), entry);
          return true;
        });
  }

  void beginSession(LoginSession login, Account expected, AuditEntry entry) {
    changes.note(
        "begin a session",
        entry,
        session -> {
          AccessRules.checkUnchanged(expected, AccountRows.find(session, login.account()));
          LoginSessionRows.deleteExpired(session, login.createdAt());
          LoginSessionRows.add(session, login);
          LoginSessionRows.deleteBeyond(session, login.account(), AccessStore.MOST_SESSIONS);
          return true;
        });
  }

  Optional<LoginSession> session(String secretHash) {
    return changes
        .database()
        .read("read a session", session -> LoginSessionRows.find(session, secretHash));
  }

  void touchSession(String secretHash, Instant at) {
    changes
        .database()
        .write(
            "note the use of a session",
            session -> {
              LoginSessionRows.touch(session, secretHash, at);
              return true;
            });
  }

  void endSession(String secretHash, AuditEntry entry) {
    changes.note("end a session", entry, session -> LoginSessionRows.delete(session, secretHash));
  }

  void endSessions(String account, AuditEntry entry) {
    changes.note("end sessions", entry, session -> LoginSessionRows.deleteOf(session, account));
  }

  void endAccess(String account, AuditEntry entry) {
    changes.change(
        "end the access of an account",
        entry,
        session -> {
          boolean ended = LoginSessionRows.deleteOf(session, account);
          return endTokens(session, account, Optional.empty(), entry) || ended;
        });
  }

  List<ApiToken> apiTokens() {
    return changes
        .database()
        .read("read API tokens", session -> ApiTokenRows.newest(session, AccessStore.MOST));
  }

  Optional<ApiToken> apiToken(String id) {
    return changes.database().read("read an API token", session -> ApiTokenRows.find(session, id));
  }

  void addApiToken(ApiToken token, AuditEntry entry) {
    changes.change(
        "add an API token",
        entry,
        session -> {
          ApiTokenRows.deleteEnded(session, token.createdAt().minus(AccessRules.ENDED_TOKENS_KEPT));
          AccessRules.refuseKnown("API token", token.id(), ApiTokenRows.find(session, token.id()));
          AccessRules.checkRoom("API tokens", ApiTokenRows.count(session), AccessStore.MOST);
          AccessRules.checkMaker(token, AccountRows.find(session, token.createdBy()));
          ApiTokenRows.add(session, token);
          return true;
        });
  }

  void revokeApiToken(String id, Instant at, AuditEntry entry) {
    changes.change(
        "revoke an API token",
        entry,
        session -> {
          if (ApiTokenRows.find(session, id).isEmpty()) {
            throw AccessRules.noSuch("API token", id);
          }
          return ApiTokenRows.revoke(session, id, at);
        });
  }

  /** Returns whether there was one. */
  private boolean endTokens(
      Session session, String account, Optional<Account.Role> role, AuditEntry entry)
      throws SQLException {
    var made = ApiTokenRows.heldOf(session, account);
    var ending = AccessRules.ending(made, role, entry.at());
    for (var token : ending) {
      ApiTokenRows.revoke(session, token.id(), entry.at());
      changes.audit().record(session, AccessRules.ended(entry, token));
    }
    return !ending.isEmpty();
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
