package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.api.Durations;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.gateway.helidon.Invitations;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.ApiToken.Scope;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.http.Caller;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What admins do with accounts, tokens and credentials. Thread-safe. */
public final class Administration {
  private static final Duration LONGEST_TOKEN = Duration.ofDays(3_650);
  private static final int ID_BYTES = 8;
  private static final int SECRET_BYTES = 32;

  private final AccessStore store;
  private final StoreCalls calls;
  private final Access access;
  private final Logins logins;
  private final Optional<Invitations> invitations;
  private final TimeSource time;

  /**
   * A token that was made.
   *
   * @param token as it is stored
   * @param text the whole of it, which nobody can tell later
   */
  public record Made(ApiToken token, String text) {
    /** Leaves the secret out. */
    @Override
    public String toString() {
      return "Made[" + token + "]";
    }
  }

  /**
   * Creates it.
   *
   * @param store who may come in
   * @param calls how the store is asked
   * @param access what keeps answers of the store for a moment
   * @param logins what hashes passwords
   * @param invitations what makes enrolment tokens, where the gateway was given it
   * @param time the clock
   */
  public Administration(
      AccessStore store,
      StoreCalls calls,
      Access access,
      Logins logins,
      Optional<Invitations> invitations,
      TimeSource time) {
    this.store = store;
    this.calls = calls;
    this.access = access;
    this.logins = logins;
    this.invitations = invitations;
    this.time = time;
  }

  /** {@return all accounts, by name} */
  public List<Account> accounts() {
    return calls.ask(store::accounts);
  }

  /**
   * Adds an account; the first one is an admin.
   *
   * @param caller who does
   * @param name of the account
   * @param role what it may do
   * @param password its password, where it has one
   * @param subject who it is at an OpenID provider
   * @return the account
   * @throws RequestException INVALID_ARGUMENT where the password cannot be, FAILED_PRECONDITION
   *     where there is one of this name, or the first one would be no admin
   */
  public Account addAccount(
      Caller caller, String name, Role role, Optional<String> password, Optional<String> subject) {
    if (calls.ask(() -> store.account(name)).isPresent()) {
      throw new RequestException(
          ErrorCode.FAILED_PRECONDITION,
          "there is an account '%s' already: change that one".formatted(Names.shown(name)));
    }
    if (access.isSetupNeeded() && (role != Role.ADMIN || password.isEmpty())) {
      throw new RequestException(
          ErrorCode.FAILED_PRECONDITION, "the first account has to be an admin with a password");
    }
    var account = logins.account(name, role, password, subject);
    put(caller, account, "account_added", text(role));
    access.need().accountMade();
    return account;
  }

  /**
   * Changes an account; its sessions end.
   *
   * @param caller who does
   * @param name of the account
   * @param role what it may do from now on
   * @param password its new password
   * @return the account
   * @throws RequestException NOT_FOUND where there is none, INVALID_ARGUMENT where the password
   *     cannot be, FAILED_PRECONDITION where no admin would be left
   */
  public Account changeAccount(
      Caller caller, String name, Optional<Role> role, Optional<String> password) {
    var before = calls.ask(() -> store.account(name)).orElseThrow(() -> noAccount(name));
    var hash = password.map(text -> logins.hash(text, name)).or(before::passwordHash);
    var account =
        new Account(name, role.orElse(before.role()), hash, before.subject(), before.createdAt());
    var detail =
        text(before.role())
            + " to "
            + text(account.role())
            + (password.isPresent() ? ", new password" : "");
    put(caller, account, "account_changed", detail);
    return account;
  }

  private void put(Caller caller, Account account, String action, String detail) {
    var audit = logins.audit(caller.actor(), action, account.name(), detail);
    calls.tell(() -> store.putAccount(account, audit));
    access.forget();
  }

  private static RequestException noAccount(String name) {
    return new RequestException(
        ErrorCode.NOT_FOUND,
        "there is no account '%s': /api/v1/accounts lists them".formatted(Names.shown(name)));
  }

  private static String text(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Deletes an account with its sessions.
   *
   * @param caller who does
   * @param name of the account
   */
  public void deleteAccount(Caller caller, String name) {
    var audit = logins.audit(caller.actor(), "account_deleted", name, "");
    calls.tell(() -> store.deleteAccount(name, audit));
    access.forget();
  }

  /** {@return all API tokens, the newest first} */
  public List<ApiToken> apiTokens() {
    return calls.ask(store::apiTokens);
  }

  /**
   * {@return how long a token holds, empty where a text says none that can be}
   *
   * @param text such as {@code 90d}
   */
  public static Optional<Duration> lifeOfToken(String text) {
    try {
      return Durations.parse(text)
          .filter(life -> life.isPositive() && life.compareTo(LONGEST_TOKEN) <= 0);
    } catch (ArithmeticException tooLong) {
      return Optional.empty();
    }
  }

  /**
   * Makes an API token.
   *
   * @param caller who does
   * @param name what it is for
   * @param scopes what it may do
   * @param life how long it holds; empty for ever
   * @return the token with its text
   */
  public Made addApiToken(Caller caller, String name, Set<Scope> scopes, Optional<Duration> life) {
    var id = Secrets.random(ID_BYTES);
    var secret = Secrets.random(SECRET_BYTES);
    var now = time.instant();
    var token =
        new ApiToken(
            id,
            Secrets.hash(secret),
            name,
            scopes,
            caller.name(),
            now,
            life.map(now::plus),
            Optional.empty());
    var audit = logins.audit(caller.actor(), "api_token_made", id, name + " " + scopes);
    calls.tell(() -> store.addApiToken(token, audit));
    return new Made(token, "sma_" + id + "_" + secret);
  }

  /**
   * Revokes an API token.
   *
   * @param caller who does
   * @param id its public part
   */
  public void revokeApiToken(Caller caller, String id) {
    var audit = logins.audit(caller.actor(), "api_token_revoked", id, "");
    calls.tell(() -> store.revokeApiToken(id, time.instant(), audit));
    access.forget();
  }

  /** {@return the enrolment tokens of the last day, the newest first} */
  public List<EnrolmentToken> enrolmentTokens() {
    return calls.ask(store::enrolmentTokens);
  }

  /** {@return whether there is an aggregator that takes enrolment tokens} */
  public boolean enrolsMachines() {
    return invitations.isPresent() && calls.ask(store::machineAuthority).isPresent();
  }

  /**
   * Makes an enrolment token.
   *
   * @param caller who does
   * @param host by which name the gateway was called
   * @return the token, and the command for the new machine
   * @throws RequestException FAILED_PRECONDITION where no aggregator takes any
   */
  public Invitations.Made makeEnrolmentToken(Caller caller, String host) {
    var maker =
        invitations.orElseThrow(
            () ->
                new RequestException(
                    ErrorCode.FAILED_PRECONDITION,
                    "this gateway makes no enrolment tokens: use sysmonstm token create beside the aggregator"));
    return calls.ask(() -> maker.make(caller.actor(), host));
  }

  /** {@return by what machines prove who they are} */
  public List<MachineCredential> credentials() {
    return calls.ask(store::credentials);
  }

  /**
   * Revokes all credentials of a machine.
   *
   * @param caller who does
   * @param machine its id
   * @return how many held until now
   */
  public int revokeMachine(Caller caller, String machine) {
    Names.machineIdProblem(machine)
        .ifPresent(
            problem -> {
              throw new RequestException(ErrorCode.INVALID_ARGUMENT, problem);
            });
    var audit = logins.audit(caller.actor(), "machine_revoked", machine, "");
    return calls.ask(() -> store.revoke(machine, time.instant(), audit));
  }
}
