package io.sysmonstm.testkit;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.AccessRules;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.LoginSession;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** People, their sessions and tokens. Guarded by {@link InMemoryAccessStore}. */
final class InMemoryPeople {
  private final Map<String, Account> accounts = new TreeMap<>();
  private final Map<String, LoginSession> sessions = new LinkedHashMap<>();
  private final Map<String, ApiToken> apiTokens = new LinkedHashMap<>();
  private final AccessLog changes;

  InMemoryPeople(AccessLog changes) {
    this.changes = changes;
  }

  List<Account> accounts() {
    return List.copyOf(accounts.values());
  }

  Optional<Account> account(String name) {
    return Optional.ofNullable(accounts.get(name));
  }

  Optional<Account> accountOf(String subject) {
    return accounts.values().stream()
        .filter(account -> account.subject().equals(Optional.of(subject)))
        .findFirst();
  }

  boolean createFirstAccount(Account account, AuditEntry entry) {
    if (!accounts.isEmpty()) {
      return false;
    }
    accounts.put(account.name(), account);
    changes.change(entry);
    return true;
  }

  void addAccount(Account account, AuditEntry entry) {
    AccessRules.refuseKnownAccount(
        account.name(), Optional.ofNullable(accounts.get(account.name())));
    check(account);
    AccessRules.checkRoom("accounts", accounts.size(), AccessStore.MOST);
    accounts.put(account.name(), account);
    changes.change(entry);
  }

  void changeAccount(Account expected, Account next, AuditEntry entry) {
    var before = Optional.ofNullable(accounts.get(next.name()));
    AccessRules.checkUnchanged(expected, before);
    check(next);
    accounts.put(next.name(), createdAt(next, before.orElse(expected).createdAt()));
    if (!next.keepsSessionsOf(expected)) {
      endSessionsOf(next.name());
    }
    endTokensOf(next.name(), Optional.of(next.role()), entry);
    changes.change(entry);
  }

  void deleteAccount(String name, AuditEntry entry) {
    if (!accounts.containsKey(name)) {
      throw AccessRules.noSuch("account", name);
    }
    refuseLastAdmin(name);
    accounts.remove(name);
    endSessionsOf(name);
    endTokensOf(name, Optional.empty(), entry);
    changes.change(entry);
  }

  void beginSession(LoginSession session, Account expected, AuditEntry entry) {
    AccessRules.checkUnchanged(expected, Optional.ofNullable(accounts.get(session.account())));
    sessions.values().removeIf(one -> !one.expiresAt().isAfter(session.createdAt()));
    sessions.put(session.secretHash(), session);
    sessions.values().stream()
        .filter(one -> one.account().equals(session.account()))
        .sorted(Comparator.comparing(LoginSession::lastSeen).reversed())
        .skip(AccessStore.MOST_SESSIONS)
        .toList()
        .forEach(one -> sessions.remove(one.secretHash()));
    changes.note(entry);
  }

  Optional<LoginSession> session(String secretHash) {
    return Optional.ofNullable(sessions.get(secretHash));
  }

  void touchSession(String secretHash, Instant at) {
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

  void endSession(String secretHash, AuditEntry entry) {
    if (sessions.remove(secretHash) != null) {
      changes.note(entry);
    }
  }

  void endSessions(String account, AuditEntry entry) {
    if (sessions.values().removeIf(session -> session.account().equals(account))) {
      changes.note(entry);
    }
  }

  void endAccess(String account, AuditEntry entry) {
    boolean ended = sessions.values().removeIf(session -> session.account().equals(account));
    if (endTokensOf(account, Optional.empty(), entry) || ended) {
      changes.change(entry);
    }
  }

  List<ApiToken> apiTokens() {
    return apiTokens.values().stream()
        .sorted(Comparator.comparing(ApiToken::createdAt).reversed().thenComparing(ApiToken::id))
        .toList();
  }

  Optional<ApiToken> apiToken(String id) {
    return Optional.ofNullable(apiTokens.get(id));
  }

  void addApiToken(ApiToken token, AuditEntry entry) {
    var before = token.createdAt().minus(AccessRules.ENDED_TOKENS_KEPT);
    apiTokens
        .values()
        .removeIf(
            one ->
                one.revokedAt().filter(before::isAfter).isPresent()
                    || one.expiresAt().filter(before::isAfter).isPresent());
    AccessRules.refuseKnown(
        "API token", token.id(), Optional.ofNullable(apiTokens.get(token.id())));
    AccessRules.checkRoom("API tokens", apiTokens.size(), AccessStore.MOST);
    AccessRules.checkMaker(token, Optional.ofNullable(accounts.get(token.createdBy())));
    apiTokens.put(token.id(), token);
    changes.change(entry);
  }

  void revokeApiToken(String id, Instant at, AuditEntry entry) {
    var token = apiTokens.get(id);
    if (token == null) {
      throw AccessRules.noSuch("API token", id);
    }
    if (token.revokedAt().isEmpty()) {
      revoke(token, at);
      changes.change(entry);
    }
  }

  private void check(Account account) {
    if (account.role() != Account.Role.ADMIN) {
      refuseLastAdmin(account.name());
    }
    AccessRules.checkSubject(account, account.subject().flatMap(this::accountOf));
  }

  private static Account createdAt(Account account, Instant at) {
    return new Account(
        account.name(), account.role(), account.passwordHash(), account.subject(), at);
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

  private void revoke(ApiToken token, Instant at) {
    apiTokens.put(
        token.id(),
        new ApiToken(
            token.id(),
            token.secretHash(),
            token.name(),
            token.scopes(),
            token.createdBy(),
            token.createdAt(),
            token.expiresAt(),
            Optional.of(at)));
  }

  /** Returns whether there was one. */
  private boolean endTokensOf(String name, Optional<Account.Role> role, AuditEntry entry) {
    var made = apiTokens.values().stream().filter(token -> token.createdBy().equals(name)).toList();
    var ending = AccessRules.ending(made, role, entry.at());
    for (var token : ending) {
      revoke(token, entry.at());
      changes.note(AccessRules.ended(entry, token));
    }
    return !ending.isEmpty();
  }
}
