package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.ApiToken.Scope;
import io.sysmonstm.spi.LoginSession;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a store does with the sessions of people. */
abstract class AccessSessionsContract extends AccessTokensContract {
  private final AtomicInteger next = new AtomicInteger();

  @Nested
  class Sessions {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void comeBackAsTheyWereAlsoFromAStoreOpenedAnew() {
      begin();
      var session = session("s", "admin", HOUR);
      store.beginSession(session, ADMIN, entry("login", "admin"));
      reopen();

      assertThat(store.session("s")).contains(session);
      assertThat(store.session("S")).isEmpty();
    }

    @Test
    void areOfAnAccountAsItWasWhenTheyWereAskedFor() {
      begin();
      var seen = account("bob", Role.ADMIN);
      store.addAccount(seen, entry("account_added", "bob"));
      var others =
          List.of(
              account("bob", Role.VIEWER),
              new Account("bob", Role.ADMIN, Optional.of("other"), Optional.empty(), now),
              new Account("bob", Role.ADMIN, seen.passwordHash(), Optional.of("i s"), now),
              account("bobby", Role.ADMIN));
      for (var other : others) {
        assertRefused(
            ErrorCode.FAILED_PRECONDITION,
            () -> store.beginSession(session("s", other.name(), HOUR), other, entry("x", "bob")));
      }

      assertThat(store.session("s")).isEmpty();
      assertThat(actions()).containsExactly("account_added", "account_created");
    }

    @Test
    void doNotSlipPastAChangeOfTheirAccount() {
      begin();
      Stress.run(
          () -> {
            var name = "bob-" + next.incrementAndGet();
            var seen = account(name, Role.ADMIN);
            store.addAccount(seen, entry("x", name));
            return round(
                List.of(
                    () -> store.changeAccount(seen, account(name, Role.VIEWER), entry("x", name)),
                    () -> tryToBegin(seen)),
                () -> {
                  assertThat(store.session(name)).isEmpty();
                  store.deleteAccount(name, entry("x", name));
                });
          });
    }

    private void tryToBegin(Account seen) {
      try {
        store.beginSession(session(seen.name(), seen.name(), HOUR), seen, entry("x", seen.name()));
      } catch (RequestException changed) {
        assertThat(changed.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION);
      }
    }

    @Test
    void rememberWhenTheyWereUsed() {
      begin();
      store.beginSession(session("s", "admin", HOUR), ADMIN, entry("login", "admin"));
      store.touchSession("s", now.plusSeconds(9));
      store.touchSession("s", now.plusSeconds(5));
      store.touchSession("none", now);

      assertThat(store.session("s").map(LoginSession::lastSeen)).contains(now.plusSeconds(9));
      assertThat(actions()).containsExactly("login", "account_created");
    }

    @Test
    void endOnce() {
      begin();
      store.beginSession(session("s", "admin", HOUR), ADMIN, entry("login", "admin"));
      store.endSession("s", entry("logout", "admin"));
      store.endSession("s", entry("logout", "admin"));
      reopen();

      assertThat(store.session("s")).isEmpty();
      assertThat(actions()).containsExactly("logout", "login", "account_created");
    }

    @Test
    void endAllAtOnceForOneAccount() {
      begin();
      var bob = account("bob", Role.VIEWER);
      store.addAccount(bob, entry("account_added", "bob"));
      store.beginSession(session("s", "bob", HOUR), bob, entry("login", "bob"));
      store.beginSession(session("t", "bob", HOUR), bob, entry("login", "bob"));
      store.beginSession(session("other", "admin", HOUR), ADMIN, entry("login", "admin"));
      store.endSessions("bob", entry("logout", "bob"));
      store.endSessions("bob", entry("logout", "bob"));
      reopen();

      assertThat(store.session("s")).isEmpty();
      assertThat(store.session("t")).isEmpty();
      assertThat(store.session("other")).isPresent();
      assertThat(actions().stream().filter("logout"::equals)).hasSize(1);
    }

    @Test
    void endTogetherWithTheTokensOfOneWhoMayDoNothingAnyMore() {
      begin();
      var bob = account("bob", Role.ADMIN);
      store.addAccount(bob, entry("account_added", "bob"));
      store.beginSession(session("s", "bob", HOUR), bob, entry("login", "bob"));
      store.beginSession(session("other", "admin", HOUR), ADMIN, entry("login", "admin"));
      store.addApiToken(apiToken("reads", "bob", Scope.READ), entry("made", "reads"));
      store.addApiToken(apiToken("rules", "bob", Scope.ADMIN), entry("made", "rules"));
      store.addApiToken(apiToken("others", "admin", Scope.ADMIN), entry("made", "others"));
      time.advance(Duration.ofSeconds(1));
      var before = store.accessRevision();
      store.endAccess("bob", entry("logout", "bob"));
      store.endAccess("bob", entry("logout", "bob"));
      store.endAccess("nobody", entry("logout", "nobody"));
      reopen();

      assertThat(store.session("s")).isEmpty();
      assertThat(store.session("other")).isPresent();
      assertThat(store.account("bob")).map(Account::role).contains(Role.ADMIN);
      assertThat(store.apiTokens())
          .filteredOn(token -> token.revokedAt().equals(Optional.of(time.instant())))
          .extracting(ApiToken::id)
          .containsExactlyInAnyOrder("reads", "rules");
      assertThat(store.apiToken("others").flatMap(ApiToken::revokedAt)).isEmpty();
      assertThat(store.accessRevision()).isGreaterThan(before);
      assertThat(audit())
          .filteredOn(entry -> entry.action().equals("api_token_revoked"))
          .extracting(AuditEntry::subject)
          .containsExactlyInAnyOrder("reads", "rules");
      assertThat(actions().stream().filter("logout"::equals)).hasSize(1);
    }

    @Test
    void endWithAChangeOfPasswordRoleOrSubjectAndWithTheAccount() {
      begin();
      var accounts =
          List.of(
              account("bob", Role.VIEWER),
              new Account("bob", Role.VIEWER, Optional.of("other"), Optional.empty(), now),
              new Account("bob", Role.ADMIN, Optional.of("other"), Optional.empty(), now),
              new Account("bob", Role.ADMIN, Optional.of("other"), Optional.of("i s"), now));
      var before = account("bob", Role.ADMIN);
      store.addAccount(before, entry("account_added", "bob"));
      for (var account : accounts) {
        store.changeAccount(before, account, entry("account_changed", "bob"));
        assertThat(store.session("s")).as("after %s", account).isEmpty();
        store.beginSession(session("s", "bob", HOUR), account, entry("login", "bob"));
        store.changeAccount(account, account, entry("account_changed", "bob"));
        assertThat(store.session("s")).as("after no change").isPresent();
        before = account;
      }
      store.beginSession(session("other", "admin", HOUR), ADMIN, entry("login", "admin"));
      store.deleteAccount("bob", entry("account_deleted", "bob"));

      assertThat(store.session("s")).isEmpty();
      assertThat(store.session("other")).isPresent();
    }

    @Test
    void areForgottenWhenTheyHaveExpired() {
      begin();
      store.beginSession(session("short", "admin", HOUR), ADMIN, entry("login", "admin"));
      store.beginSession(
          session("long", "admin", HOUR.multipliedBy(2)), ADMIN, entry("login", "admin"));
      time.advance(HOUR);
      assertThat(store.session("short")).as("until another begins").isPresent();
      store.beginSession(session("new", "admin", HOUR), ADMIN, entry("login", "admin"));

      assertThat(store.session("short")).isEmpty();
      assertThat(store.session("long")).isPresent();
    }

    @Test
    void areBoundedForEachAccount() {
      begin();
      var bob = account("bob", Role.VIEWER);
      store.addAccount(bob, entry("account_added", "bob"));
      store.beginSession(session("bob", "bob", HOUR), bob, entry("login", "bob"));
      for (int i = 0; i < AccessStore.MOST_SESSIONS; i++) {
        time.advance(Duration.ofSeconds(1));
        store.beginSession(session("s-" + i, "admin", HOUR), ADMIN, entry("login", "admin"));
      }
      store.touchSession("s-0", time.instant().plusSeconds(1));
      time.advance(Duration.ofSeconds(2));
      store.beginSession(session("one more", "admin", HOUR), ADMIN, entry("login", "admin"));

      assertThat(store.session("one more")).isPresent();
      assertThat(store.session("s-0")).as("used lately").isPresent();
      assertThat(store.session("s-1")).as("used longest ago").isEmpty();
      assertThat(store.session("s-2")).isPresent();
      assertThat(store.session("bob")).isPresent();
    }

    private void begin() {
      store.createFirstAccount(ADMIN, entry("account_created", "admin"));
    }
  }
}
