package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.LoginSession;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.http.Caller;
import io.sysmonstm.web.helidon.internal.http.TooManyException;
import java.time.Duration;
import java.util.Optional;

/**
 * Logs people in and out, and makes the first account. How often somebody may be wrong is limited,
 * and a wrong name takes as long as a wrong password. Thread-safe.
 */
public final class Logins {
  private static final EventLog LOG = EventLog.of(Logins.class);
  private static final int TRIES = 5;
  private static final Duration TRIES_PAUSE = Duration.ofMinutes(1);
  private static final int TRIES_OF_ADDRESS = 30;
  private static final Duration ADDRESS_PAUSE = Duration.ofSeconds(2);
  private static final String NOBODY = "(unknown)";

  private final AccessStore store;
  private final StoreCalls calls;
  private final Access access;
  private final TimeSource time;
  private final Passwords passwords = new Passwords();
  private final RateLimit tries;
  private final RateLimit triesOfAddress;

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
    this.store = store;
    this.calls = calls;
    this.access = access;
    this.time = time;
    this.tries = new RateLimit(TRIES, TRIES_PAUSE, time);
    this.triesOfAddress = new RateLimit(TRIES_OF_ADDRESS, ADDRESS_PAUSE, time);
  }

  /**
   * Logs somebody in.
   *
   * @param name of the account
   * @param password as typed
   * @param address where from
   * @param before the cookie of the session that the browser had, which ends
   * @return the session
   * @throws RequestException UNAUTHENTICATED where the name or the password is wrong
   * @throws TooManyException where that was so too often
   */
  public Begun login(String name, String password, String address, Optional<String> before) {
    beginTry(address, name);
    var account = calls.ask(() -> store.account(name));
    if (!passwords.matches(cut(password), account.flatMap(Account::passwordHash))) {
      throw refused(
          "login_failed",
          account.isPresent() ? name : NOBODY,
          address,
          "the name or the password is wrong");
    }
    forgive(address, name);
    return begin(
        strengthened(account.orElseThrow(), password, address), "password", address, before);
  }

  /**
   * Begins the session of somebody whom another has vouched for.
   *
   * @param account whose
   * @param how they proved who they are, for the audit
   * @param address where from
   * @param before the cookie of the session that the browser had, which ends
   * @return the session
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
                session, audit(new Actor(account.name(), address), "login", account.name(), how)));
    return new Begun(Caller.of(account, session, address), cookie);
  }

  /**
   * Makes the first account, an admin, and logs it in.
   *
   * @param code from the log; not looked at where nobody needs a login
   * @param name of the account
   * @param password its password
   * @param address where from
   * @return the session
   * @throws RequestException INVALID_ARGUMENT where the name or password cannot be, UNAUTHENTICATED
   *     where the code is wrong, FAILED_PRECONDITION where there is an account already
   */
  public Begun setup(String code, String name, String password, String address) {
    if (!access.isSetupNeeded()) {
      throw new RequestException(
          ErrorCode.FAILED_PRECONDITION, "there is an account already: log in with it");
    }
    if (access.isLoginNeeded()) {
      beginTry(address, "");
      if (!access.setupCode().matches(code)) {
        throw refused(
            "setup_failed",
            NOBODY,
            address,
            "the set-up code is wrong or has expired: the newest is in the gateway's log, and a restart makes another");
      }
      forgive(address, "");
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
   * @param name 1 to 64 characters
   * @param role what they may do
   * @param password theirs
   * @param subject who they are at an OpenID provider
   * @throws RequestException INVALID_ARGUMENT where the name or password cannot be
   */
  public Account account(
      String name, Role role, Optional<String> password, Optional<String> subject) {
    return new Account(name, role, password.map(text -> hash(text, name)), subject, time.instant());
  }

  /**
   * Changes the password of who is logged in, and begins a session anew: all others of theirs end.
   *
   * @param caller with a session
   * @param current the password until now
   * @param next the password from now on
   * @return the session
   * @throws RequestException UNAUTHENTICATED where the current one is wrong, INVALID_ARGUMENT where
   *     the new one cannot be
   */
  public Begun changePassword(Caller caller, String current, String next) {
    beginTry(caller.address(), caller.name());
    var account = calls.ask(() -> store.account(caller.name()));
    if (!passwords.matches(cut(current), account.flatMap(Account::passwordHash))) {
      // Not 401, which would tell the page that its session is over.
      refused("password_change_failed", caller.name(), caller.address(), "");
      throw new RequestException(ErrorCode.PERMISSION_DENIED, "the current password is wrong");
    }
    forgive(caller.address(), caller.name());
    var changed = withHash(account.orElseThrow(), hash(next, caller.name()));
    calls.tell(
        () ->
            store.putAccount(
                changed, audit(caller.actor(), "password_changed", caller.name(), "")));
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
    Passwords.problem(password, account)
        .ifPresent(
            problem -> {
              throw new RequestException(ErrorCode.INVALID_ARGUMENT, problem);
            });
    return passwords.hash(password);
  }

  private Account strengthened(Account account, String password, String address) {
    if (account.passwordHash().filter(Passwords::isWeak).isEmpty()) {
      return account;
    }
    var stronger = withHash(account, passwords.hash(password));
    var actor = new Actor(account.name(), address);
    calls.tell(
        () -> store.putAccount(stronger, audit(actor, "password_rehashed", account.name(), "")));
    access.forget();
    return stronger;
  }

  private static Account withHash(Account account, String hash) {
    return new Account(
        account.name(), account.role(), Optional.of(hash), account.subject(), account.createdAt());
  }

  // A try counts as wrong until it turns out right, so that many at the same moment are no way
  // around the limit.
  private void beginTry(String address, String name) {
    var key = address + " " + name;
    tries
        .take(key)
        .or(() -> triesOfAddress.take(address))
        .ifPresent(
            wait -> {
              throw new TooManyException("too many wrong tries from this address", wait);
            });
  }

  private void forgive(String address, String name) {
    tries.forgive(address + " " + name);
    triesOfAddress.giveBack(address);
  }

  private RequestException refused(String action, String subject, String address, String message) {
    calls.tell(() -> store.record(audit(new Actor(NOBODY, address), action, subject, "")));
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
