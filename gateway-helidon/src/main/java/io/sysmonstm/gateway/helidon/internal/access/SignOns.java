package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.spi.AccountNames;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Networks;
import io.sysmonstm.spi.PersonIdentity;
import io.sysmonstm.spi.RateLimit;
import io.sysmonstm.spi.SignOnStart;
import io.sysmonstm.spi.SingleSignOn;
import io.sysmonstm.spi.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lets people in whom another service vouches for. Their accounts are made at their first login,
 * and get their role anew at each. Thread-safe.
 */
public final class SignOns {
  private static final EventLog LOG = EventLog.of(SignOns.class);
  private static final String HOW = "oidc";
  private static final String FAILED = "login_failed";
  private static final String NOBODY = "(unknown)";
  private static final int LONGEST_DETAIL = 256;

  // A login has two steps, each of which takes a turn, and gets it back where it succeeds.
  private static final int STEPS = 60;
  private static final Duration STEP_PAUSE = Duration.ofSeconds(1);

  private static final int CALLS_AT_ONCE = 8;
  private static final Duration QUEUE = Duration.ofSeconds(1);

  // Before the server takes the request for one that comes too slowly.
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final SingleSignOn provider;
  private final StoreCalls providerCalls;
  private final AccessStore store;
  private final StoreCalls calls;
  private final Access access;
  private final Logins logins;
  private final Function<String, Optional<String>> nameRule;
  private final RateLimit steps;
  private final ReentrantLock making = new ReentrantLock();

  /**
   * Creates it.
   *
   * @param provider who vouches
   * @param store who may come in
   * @param calls how the store is asked
   * @param access says who requests are from
   * @param logins begins sessions
   * @param nameRule a name where a text can be the one of an account
   * @param time the clock
   * @param executor where the provider is asked
   */
  public SignOns(
      SingleSignOn provider,
      AccessStore store,
      StoreCalls calls,
      Access access,
      Logins logins,
      Function<String, Optional<String>> nameRule,
      TimeSource time,
      ExecutorService executor) {
    this.provider = provider;
    this.providerCalls =
        new StoreCalls("the OpenID provider", CALLS_AT_ONCE, QUEUE, PATIENCE, executor);
    this.store = store;
    this.calls = calls;
    this.access = access;
    this.logins = logins;
    this.nameRule = nameRule;
    this.steps = new RateLimit(STEPS, STEP_PAUSE, time);
  }

  /** {@return what people call the provider} */
  public String name() {
    return provider.name();
  }

  /**
   * Begins a login.
   *
   * @param callback where the browser comes back to
   * @param address where the request is from
   * @return where to send the browser, and what it keeps
   * @throws SignOnRefusedException where it cannot begin
   */
  public SignOnStart begin(URI callback, String address) {
    takeStep(address);
    return refusing(address, () -> providerCalls.ask(() -> provider.begin(callback)));
  }

  /**
   * Completes a login.
   *
   * @param kept of the browser
   * @param callback where it came back to
   * @param parameters what it brings
   * @param address where the request is from
   * @return its session
   * @throws SignOnRefusedException where they do not come in
   */
  public Logins.Begun complete(
      String kept, URI callback, Map<String, List<String>> parameters, String address) {
    takeStep(address);
    return refusing(
        address,
        () -> {
          var person = providerCalls.ask(() -> provider.complete(kept, callback, parameters));
          var account = admitted(person, address);
          steps.giveBack(Networks.of(address));
          steps.giveBack(Networks.of(address));
          return logins.begin(account, HOW, address, Optional.empty());
        });
  }

  /**
   * Refuses somebody whose login did not begin in this browser, or too long ago.
   *
   * @param address where the request is from
   * @return what is thrown
   */
  public SignOnRefusedException expired(String address) {
    takeStep(address);
    return refused(
        SignOnRefusal.EXPIRED, NOBODY, address, "the login did not begin in this browser lately");
  }

  private void takeStep(String address) {
    if (steps.take(Networks.of(address)).isPresent()) {
      throw new SignOnRefusedException(SignOnRefusal.TOO_MANY, "too many tries");
    }
  }

  private <T> T refusing(String address, Supplier<T> step) {
    try {
      return step.get();
    } catch (SysmonstmException e) {
      var refusal =
          switch (e.code()) {
            case UNAUTHENTICATED -> SignOnRefusal.REFUSED;
            case PERMISSION_DENIED -> SignOnRefusal.DENIED;
            case UNAVAILABLE, DEADLINE_EXCEEDED -> SignOnRefusal.UNAVAILABLE;
            case RESOURCE_EXHAUSTED -> SignOnRefusal.TOO_MANY;
            case INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION, INTERNAL -> SignOnRefusal.FAILED;
          };
      if (refusal == SignOnRefusal.UNAVAILABLE || refusal == SignOnRefusal.FAILED) {
        LOG.warn("sign_on_failed", "a login by OpenID Connect failed", e);
      }
      var why = String.valueOf(e.getMessage());
      // Where the store is what is away, the log alone has it.
      throw e instanceof StoreUnavailableException
          ? new SignOnRefusedException(refusal, why)
          : refused(refusal, NOBODY, address, why);
    } catch (SignOnRefusedException e) {
      throw e;
    } catch (RuntimeException unexpected) {
      LOG.error("sign_on_failed", "a login by OpenID Connect failed", unexpected);
      throw refused(SignOnRefusal.FAILED, NOBODY, address, "the gateway's log has the reason");
    }
  }

  private SignOnRefusedException refused(
      SignOnRefusal refusal, String account, String address, String why) {
    var detail = cut(HOW + ", " + refusal.word() + ": " + why);
    var entry = logins.audit(new Actor(NOBODY, address), FAILED, account, detail);
    try {
      calls.tell(() -> store.record(entry));
    } catch (SysmonstmException away) {
      LOG.debug("access_store_away", "a failed login could not be written into the audit", away);
    }
    return new SignOnRefusedException(refusal, why);
  }

  private static String cut(String text) {
    if (text.length() <= LONGEST_DETAIL) {
      return text;
    }
    boolean splitsPair = Character.isHighSurrogate(text.charAt(LONGEST_DETAIL - 1));
    return text.substring(0, splitsPair ? LONGEST_DETAIL - 1 : LONGEST_DETAIL);
  }

  private Account admitted(PersonIdentity person, String address) {
    var known = known(person);
    var role = person.role();
    if (role.isEmpty()) {
      known.ifPresent(account -> shutOut(account, address));
      throw refused(
          SignOnRefusal.NO_ROLE,
          known.map(Account::name).orElse(NOBODY),
          address,
          person.subject() + " has no role");
    }
    return known.isPresent()
        ? withRole(known.get(), person, role.get(), address)
        : made(person, role.get(), address);
  }

  private Optional<Account> known(PersonIdentity person) {
    return calls.ask(() -> store.accountOf(person.subject()));
  }

  // Tokens that they made would else go on for them.
  private void shutOut(Account account, String address) {
    var audit =
        logins.audit(
            new Actor(account.name(), address),
            "logout",
            account.name(),
            "everywhere: no role at the OpenID provider");
    calls.tell(() -> store.endAccess(account.name(), audit));
    access.forget();
  }

  private Account withRole(Account account, PersonIdentity person, Role role, String address) {
    return withRole(account, person, role, address, true);
  }

  private Account withRole(
      Account account, PersonIdentity person, Role role, String address, boolean again) {
    try {
      return account.role() == role ? account : changed(account, role, address);
    } catch (RequestException e) {
      if (e.code() != ErrorCode.FAILED_PRECONDITION) {
        throw e;
      }
      var now = known(person).orElseThrow(() -> e);
      if (now.name().equals(account.name()) && now.keepsSessionsOf(account)) {
        throw lastAdmin(account, address, e);
      }
      // Somebody has changed it in this moment.
      if (again || now.role() == role) {
        return withRole(now, person, role, address, false);
      }
      throw e;
    }
  }

  private Account changed(Account account, Role role, String address) {
    var changed =
        new Account(
            account.name(), role, account.passwordHash(), account.subject(), account.createdAt());
    var change = text(account.role()) + " to " + text(role);
    var audit = audit(changed, "account_changed", change, address);
    calls.tell(() -> store.changeAccount(account, changed, audit));
    access.forget();
    return changed;
  }

  private SignOnRefusedException lastAdmin(Account account, String address, RequestException why) {
    shutOut(account, address);
    return refused(
        SignOnRefusal.NO_ADMIN, account.name(), address, String.valueOf(why.getMessage()));
  }

  // Who logs in twice at the same moment has one account.
  private Account made(PersonIdentity person, Role role, String address) {
    making.lock();
    try {
      var meanwhile = known(person);
      return meanwhile.isPresent()
          ? withRole(meanwhile.get(), person, role, address)
          : make(person, role, address);
    } finally {
      making.unlock();
    }
  }

  private Account make(PersonIdentity person, Role role, String address) {
    if (role != Role.ADMIN && access.isSetupNeeded()) {
      throw refused(
          SignOnRefusal.NO_ADMIN, NOBODY, address, "there is no account yet: expected an admin");
    }
    var name =
        person.names().stream()
            .flatMap(text -> nameRule.apply(text).stream())
            .filter(text -> AccountNames.problem(text).isEmpty())
            .findFirst()
            .orElseThrow(
                () ->
                    new RequestException(
                        ErrorCode.FAILED_PRECONDITION,
                        "nothing that the provider tells can be a name: expected 1 to 64 characters"));
    if (calls.ask(() -> store.account(name)).isPresent()) {
      throw refused(
          SignOnRefusal.NAME_TAKEN,
          name,
          address,
          "another account has the name of " + person.subject());
    }
    var account = logins.account(name, role, Optional.empty(), Optional.of(person.subject()));
    var audit = audit(account, "account_added", text(role), address);
    calls.tell(() -> store.addAccount(account, audit));
    access.forget();
    access.need().accountMade();
    return account;
  }

  private AuditEntry audit(Account account, String action, String detail, String address) {
    return logins.audit(
        new Actor(account.name(), address), action, account.name(), detail + ", by " + HOW);
  }

  private static String text(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
