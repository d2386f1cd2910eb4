package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.gateway.helidon.LoginMode;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.LoginSession;
import io.sysmonstm.spi.Networks;
import io.sysmonstm.spi.RateLimit;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.http.Caller;
import io.sysmonstm.web.helidon.internal.http.Gate;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.TooManyException;
import io.sysmonstm.web.helidon.internal.http.Visitor;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Says who a request is from, by its session or token. What it asks the store is kept for some
 * seconds. Thread-safe.
 */
public final class Access implements Gate {
  /** A session that is not used for so long is over. */
  static final Duration IDLE = Duration.ofMinutes(30);

  /** A session is over after this time, however much it is used. */
  public static final Duration LIFE = Duration.ofHours(12);

  /** How often the store is told that a session is used. */
  private static final Duration TOUCH = Duration.ofMinutes(1);

  private static final EventLog LOG = EventLog.of(Access.class);
  private static final Pattern TOKEN = Pattern.compile("sma_([0-9a-f]{16})_([0-9a-f]{64})");
  private static final Pattern COOKIE = Pattern.compile("[0-9a-f]{64}");
  private static final String CSRF = "X-CSRF-Token";
  private static final int WRONG_AT_ONCE = 60;
  private static final Duration WRONG_PAUSE = Duration.ofSeconds(1);

  private final AccessStore store;
  private final StoreCalls calls;
  private final TimeSource time;
  private final ExecutorService executor;
  private final LoginNeed need;
  private final SetupCode setupCode;
  private final Recent<Open> sessions;
  private final Recent<ApiToken> tokens;
  private final RateLimit wrong;
  private final AtomicBoolean refreshing = new AtomicBoolean();

  private record Open(LoginSession session, Account account) {}

  /**
   * Creates it.
   *
   * @param store who may come in
   * @param calls how the store is asked
   * @param mode who needs a login
   * @param alone whether only this machine can reach the gateway, and no proxy passes on to it
   * @param time the clock
   * @param executor where the store is asked in the background
   */
  public Access(
      AccessStore store,
      StoreCalls calls,
      LoginMode mode,
      boolean alone,
      TimeSource time,
      ExecutorService executor) {
    this.store = store;
    this.calls = calls;
    this.time = time;
    this.executor = executor;
    this.need = new LoginNeed(mode, alone, () -> !calls.ask(store::accounts).isEmpty());
    this.setupCode = new SetupCode(time);
    this.sessions = new Recent<>(time);
    this.tokens = new Recent<>(time);
    this.wrong = new RateLimit(WRONG_AT_ONCE, WRONG_PAUSE, time);
  }

  /**
   * {@return whether somebody has to log in}
   *
   * @param visitor who
   */
  public boolean isLoginNeeded(Visitor visitor) {
    return need.isNeeded(visitor);
  }

  /** {@return whether there is no account yet} */
  public boolean isSetupNeeded() {
    return !need.accountsExist();
  }

  LoginNeed need() {
    return need;
  }

  SetupCode setupCode() {
    return setupCode;
  }

  @Override
  public Caller admit(Visitor visitor, Right right) {
    var caller = identify(visitor, right);
    if (!caller.has(right)) {
      throw caller.kind() == Caller.Kind.STRANGER
          ? new RequestException(
              ErrorCode.UNAUTHENTICATED,
              "who asks for this has to say who they are: log in, or send a token as Authorization: Bearer")
          : new RequestException(ErrorCode.PERMISSION_DENIED, "this needs " + right.holder());
    }
    if (right != Right.NONE) {
      caller.session().ifPresent(session -> checkOwnPage(visitor, session));
    }
    return caller;
  }

  private Caller identify(Visitor visitor, Right right) {
    var address = visitor.address();
    if (!isLoginNeeded(visitor)) {
      return Caller.anybody(address);
    }
    if (isSetupNeeded()) {
      offerSetup();
    }
    var credentials = Credentials.of(visitor);
    // A token is sent on purpose, a cookie by the browser; whoever sends both means the token.
    var bearer = credentials.bearer();
    if (bearer.isPresent()) {
      return byToken(bearer.get(), address);
    }
    try {
      return credentials
          .cookie()
          .flatMap(cookie -> bySession(cookie, address))
          .orElseGet(() -> Caller.stranger(address));
    } catch (SysmonstmException e) {
      // What is for everybody does not depend on the store.
      if (right == Right.NONE && Recent.isPassing(e)) {
        return Caller.stranger(address);
      }
      throw e;
    }
  }

  // Browsers send a cookie whichever page they are on; what only an own page knows is the token.
  private static void checkOwnPage(Visitor visitor, LoginSession session) {
    var token = visitor.header().apply(CSRF).orElse("");
    if (visitor.isUnsafe() && !Secrets.same(token, session.csrfToken())) {
      throw new RequestException(
          ErrorCode.PERMISSION_DENIED,
          "the header %s is missing or wrong: expected the csrf_token of /api/v1/session"
              .formatted(CSRF));
    }
  }

  private Caller byToken(String text, String address) {
    var matcher = TOKEN.matcher(text);
    if (matcher.matches()) {
      var id = matcher.group(1);
      var hash = Secrets.hash(matcher.group(2));
      Supplier<Optional<ApiToken>> question = () -> calls.ask(() -> store.apiToken(id));
      var token = tokens.get(id, question, () -> first(address, question));
      if (token.isPresent()
          && Secrets.same(token.get().secretHash(), hash)
          && token.get().holdsAt(time.instant())) {
        return Caller.of(token.get(), address);
      }
    }
    throw new RequestException(
        ErrorCode.UNAUTHENTICATED,
        "the token is unknown, revoked or expired: make another one on the page Access");
  }

  private Optional<Caller> bySession(String cookie, String address) {
    if (!COOKIE.matcher(cookie).matches()) {
      return Optional.empty();
    }
    var hash = Secrets.hash(cookie);
    Supplier<Optional<Open>> question = () -> calls.ask(() -> open(hash));
    var now = time.instant();
    var open =
        sessions
            .get(hash, question, () -> first(address, question))
            .filter(one -> isOpen(one.session, now));
    open.ifPresent(one -> touch(one, hash, now));
    return open.map(one -> Caller.of(one.account, one.session, address));
  }

  /**
   * {@return whether a cookie belongs to no session any more, as the store said a moment ago}
   *
   * @param cookie any text
   */
  public boolean isOver(String cookie) {
    return !COOKIE.matcher(cookie).matches() || sessions.isMissing(Secrets.hash(cookie));
  }

  private Optional<Open> open(String hash) {
    return store
        .session(hash)
        .filter(session -> isOpen(session, time.instant()))
        .flatMap(
            session -> store.account(session.account()).map(account -> new Open(session, account)));
  }

  private static boolean isOpen(LoginSession session, Instant now) {
    return now.isBefore(session.expiresAt()) && now.isBefore(session.lastSeen().plus(IDLE));
  }

  // Whoever makes up cookies and tokens would else ask the store as fast as they can. Who is known
  // from before is asked for regardless: others at the same address take nothing from them.
  private <T> Optional<T> first(String address, Supplier<Optional<T>> question) {
    var network = Networks.of(address);
    wrong
        .wait(network)
        .ifPresent(
            wait -> {
              throw new TooManyException(
                  "this address has sent too many sessions and tokens that are not good", wait);
            });
    var answer = question.get();
    if (answer.isEmpty()) {
      wrong.take(network);
    }
    return answer;
  }

  private void touch(Open open, String hash, Instant now) {
    var session = open.session;
    if (now.isBefore(session.lastSeen().plus(TOUCH))) {
      return;
    }
    var touched =
        new LoginSession(
            session.secretHash(),
            session.account(),
            session.csrfToken(),
            session.createdAt(),
            now,
            session.expiresAt(),
            session.source());
    if (sessions.replace(hash, open, new Open(touched, open.account))) {
      inBackground(() -> calls.tell(() -> store.touchSession(hash, now)), () -> {});
    }
  }

  /** Knows a session that has begun: it need not be looked up as if somebody had made it up. */
  void begun(LoginSession session, Account account) {
    sessions.put(session.secretHash(), new Open(session, account));
  }

  /** Forgets what the store said of a session, which has changed. */
  void forgetSession(String hash) {
    sessions.forget(hash);
  }

  /** Forgets what the store said, of which something has changed. */
  public void forget() {
    sessions.clear();
    tokens.clear();
  }

  /** Does what is due: asks in the background whether there is an account. */
  public void tick() {
    if (refreshing.compareAndSet(false, true)) {
      inBackground(this::refresh, () -> refreshing.set(false));
    }
  }

  private void refresh() {
    need.refresh();
    if (need.isNeeded() && isSetupNeeded()) {
      offerSetup();
    }
  }

  private void offerSetup() {
    setupCode
        .make()
        .ifPresent(
            code ->
                // Not as a warning: a second one within ten seconds would be kept back.
                LOG.info(
                    "setup_code",
                    "there is no account yet: open the page and make the first one with this code, within an hour",
                    "code",
                    code));
  }

  private void inBackground(Runnable work, Runnable afterwards) {
    try {
      executor.execute(
          () -> {
            try {
              work.run();
            } catch (RuntimeException e) {
              LOG.debug("access_store_away", "the store of accounts could not be asked", e);
            } finally {
              afterwards.run();
            }
          });
    } catch (RejectedExecutionException stopping) {
      afterwards.run();
    }
  }
}
