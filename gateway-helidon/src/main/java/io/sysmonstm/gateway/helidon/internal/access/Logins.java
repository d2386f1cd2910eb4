package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.spi.AccountNames;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.LoginSession;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.http.Caller;
import io.sysmonstm.web.helidon.internal.http.TooManyException;
import io.sysmonstm.web.helidon.internal.http.Visitor;
import java.util.Optional;

/**
 * Logs people in and out, and makes the first account. How often somebody may be wrong is limited,
 * and a wrong name takes as long as a wrong password. What takes effect on an account or session
 * does so only where the account still is as it was looked at. Thread-safe.
 */
public final class Logins {
  private static final EventLog LOG = EventLog.of(Logins.class);

  private final AccessStore store;
  private final StoreCalls calls;
  private final Access access;
  private final TimeSource time;
  private final Passwords passwords;
  private final Tries tries;

  private record Proof(Optional<Account> account, boolean isRight) {}

  /**
   * A session that has begun.
   *
   * @param caller who is in now
   * @param cookie its secret
   */
  public record Begun(Caller caller, String cookie) {
    /** Leaves the secret out. */
    @Override
    public String toString() {
      return "Begun[" + caller.name() + "]";
    }
  }

  /**
   * Creates it.
   *
   * @param store who may come in
   * @param calls how the store is asked
   * @param access says who requests are from
   * @param time the clock
   */
  public Logins(AccessStore store, StoreCalls calls, Access access, TimeSource time) {
    this(store, calls, access, time, new Passwords());
  }

  Logins(AccessStore store, StoreCalls calls, Access access, TimeSource time, Passwords passwords) {
    this.store = store;
    this.calls = calls;
    this.access = access;
    this.time = time;
    this.passwords = passwords;
    this.tries = new Tries(time);
  }

  /**
   * Logs somebody in.
   *
   * @param name of the account
   * @param password as typed
   * @param address where from
   * @param before the cookie of the session that the browser had, which ends
   * @return the session
   * @throws RequestException UNAUTHENTICATED where the name or the password is wrong,
   *     FAILED_PRECONDITION where the account is changed or deleted in this moment
   * @throws TooManyException where that was so too often
   */
  public Begun login(String name, String password, String address, Optional<String> before) {
    var proof = prove(name, password, address);
    if (!proof.isRight) {
      throw refused(
          "login_failed",
          proof.account.isPresent() ? name : AccountNames.UNKNOWN,
          address,
          "the name or the password is wrong");
    }
    var account = strengthened(proof.account.orElseThrow(), password, address);
    return begin(account, "password", address, before);
  }

  private Proof prove(String name, String password, String address) {
    var begun = tries.begin(address, name);
    try {
      var account = calls.ask(() -> store.account(name));
      var hash = account.flatMap(Account::passwordHash);
      boolean isRight = passwords.matches(cut(password), hash, begun.isSuspect());
      tries.end(begun, isRight);
      return new Proof(account, isRight);
    } catch (Turns.WaitedInVainException e) {
      // It has cost as much as a wrong one; else a flood would come again for nothing.
      if (!begun.isSuspect()) {
        tries.giveBack(begun);
      }
      throw e;
    } catch (SysmonstmException notLookedAt) {
      tries.giveBack(begun);
      throw notLookedAt;
    }
  }

  /**
   * Begins the session of somebody whom another has vouched for.
   *
   * @param account whose, as it was when they proved that it is theirs
   * @param how they proved who they are, for the audit
   * @param address where from
   * @param before the cookie of the session that the browser had, which ends
   * @return the session
   * @throws RequestException FAILED_PRECONDITION where the account has been changed or deleted
   */
  public Begun begin(Account account, String how, String address, Optional<String> before) {
    before.map(Secrets::hash).ifPresent(hash -> end(hash, new Actor(account.name(), address)));
    var cookie = Secrets.random(Secrets.SESSION_BYTES);
    var now = time.instant();
    var session =
        new LoginSession(
            Secrets.hash(cookie),
            account.name(),
            Secrets.random(Secrets.SESSION_BYTES),
            now,
            now,
            now.plus(Access.LIFE),
            address);
    calls.tell(
        () ->
            store.beginSession(
                session,
                account,
                audit(new Actor(account.name(), address), "login", account.name(), how)));
    access.begun(session, account);
    return new Begun(Caller.of(account, session, address), cookie);
  }

  /**
   * Makes the first account, an admin, and logs it in.
   *
   * @param code from the log; not looked at where nobody needs a login
   * @param name of the account
   * @param password its password
   * @param visitor who asks
   * @return the session
   * @throws RequestException INVALID_ARGUMENT where the name or password cannot be, UNAUTHENTICATED
   *     where the code is wrong, FAILED_PRECONDITION where there is an account already, UNAVAILABLE
   *     where nobody knows whether there is
   */
  public Begun setup(String code, String name, String password, Visitor visitor) {
    var address = visitor.address();
    if (!access.isSetupNeeded()) {
      access.need().checkKnown();
      throw new RequestException(
          ErrorCode.FAILED_PRECONDITION, "there is an account already: log in with it");
    }
    if (access.isLoginNeeded(visitor)) {
      tries.beginSetup(address);
      boolean isRight = access.setupCode().matches(code);
      tries.endSetup(address, isRight);
      if (!isRight) {
        throw refused(
            "setup_failed",
            AccountNames.UNKNOWN,
            address,
            "the set-up code is wrong or has expired: the newest is in the gateway's log, and a restart makes another");
      }
    }
    var account = account(name, Role.ADMIN, Optional.of(password), Optional.empty());
    var audit = audit(new Actor(name, address), "setup", name, "admin");
    if (!calls.ask(() -> store.createFirstAccount(account, audit))) {
      access.need().accountMade();
      throw new RequestException(
          ErrorCode.FAILED_PRECONDITION, "there is an account already: log in with it");
    }
    access.need().accountMade();
    LOG.info(
        "first_account",
        "the first account was made; from now on a login is needed",
        "account",
        name);
    return begin(account, "setup", address, Optional.empty());
  }

  /**
   * {@return a new account}
   *
   * @param name one that {@link AccountNames} allows
   * @param role what they may do
   * @param password theirs
   * @param subject who they are at an OpenID provider
   * @throws RequestException INVALID_ARGUMENT where the name or password cannot be
   */
  public Account account(
      String name, Role role, Optional<String> password, Optional<String> subject) {
    AccountNames.problem(name).ifPresent(Logins::refuse);
    return new Account(name, role, password.map(text -> hash(text, name)), subject, time.instant());
  }

  /**
   * Changes the password of who is logged in, and begins a session anew: all others of theirs end.
   *
   * @param caller with a session
   * @param current the password until now
   * @param next the password from now on
   * @return the session
   * @throws RequestException PERMISSION_DENIED where the current one is wrong, INVALID_ARGUMENT
   *     where the new one cannot be, FAILED_PRECONDITION where the account is changed or deleted in
   *     this moment
   */
  public Begun changePassword(Caller caller, String current, String next) {
    var proof = prove(caller.name(), current, caller.address());
    if (!proof.isRight) {
      // Not 401, which would tell the page that its session is over.
      refused("password_change_failed", caller.name(), caller.address(), "");
      throw new RequestException(ErrorCode.PERMISSION_DENIED, "the current password is wrong");
    }
    var account = proof.account.orElseThrow();
    var changed = withHash(account, hash(next, caller.name()));
    var audit = audit(caller.actor(), "password_changed", caller.name(), "");
    calls.tell(() -> store.changeAccount(account, changed, audit));
    access.forget();
    return begin(changed, "password", caller.address(), Optional.empty());
  }

  /** Ends the session of somebody who is logged in. */
  public void logout(Caller caller) {
    caller.session().ifPresent(session -> end(session.secretHash(), caller.actor()));
  }

  /** Ends all sessions of somebody who is logged in. */
  public void logoutEverywhere(Caller caller) {
    calls.tell(
        () ->
            store.endSessions(
                caller.name(), audit(caller.actor(), "logout", caller.name(), "everywhere")));
    access.forget();
  }

  private void end(String hash, Actor actor) {
    calls.tell(() -> store.endSession(hash, audit(actor, "logout", actor.name(), "")));
    access.forgetSession(hash);
  }

  /** {@return the hash of a new password} */
  String hash(String password, String account) {
    Passwords.problem(password, account).ifPresent(Logins::refuse);
    return passwords.hash(password);
  }

  private static void refuse(String problem) {
    throw new RequestException(ErrorCode.INVALID_ARGUMENT, problem);
  }

  private Account strengthened(Account account, String password, String address) {
    if (account.passwordHash().filter(Passwords::isWeak).isEmpty()) {
      return account;
    }
    var stronger = withHash(account, passwords.hash(password));
    var audit = audit(new Actor(account.name(), address), "password_rehashed", account.name(), "");
    calls.tell(() -> store.changeAccount(account, stronger, audit));
    access.forget();
    return stronger;
  }

  private static Account withHash(Account account, String hash) {
    return new Account(
        account.name(), account.role(), Optional.of(hash), account.subject(), account.createdAt());
  }

  private RequestException refused(String action, String subject, String address, String message) {
    calls.tell(
        () -> store.record(audit(new Actor(AccountNames.UNKNOWN, address), action, subject, "")));
    return new RequestException(ErrorCode.UNAUTHENTICATED, message);
  }

  /** {@return an entry of the audit, of now} */
  public AuditEntry audit(Actor actor, String action, String subject, String detail) {
    return AuditEntry.of(time.instant(), actor, action, subject, detail);
  }

  private static String cut(String password) {
    return password.length() > Passwords.LONGEST ? "" : password;
  }
}
