package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.AuditLimit;
import io.sysmonstm.spi.LoginSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every {@link AccessStore} must do with people, their sessions, and the audit; what it must
 * do with tokens and machines is inherited. Each test begins with an empty store.
 */
public abstract class AccessStoreContract extends AccessTokensContract {
  /** For subclasses. */
  protected AccessStoreContract() {}

  @Nested
  class Accounts {
    @Test
    void comeBackAsTheyWereByNameAlsoFromAStoreOpenedAnew() {
      var subject =
          new Account(
              "bob",
              Account.Role.VIEWER,
              Optional.empty(),
              Optional.of("https://id.example.com 4711"),
              now);
      store.createFirstAccount(ADMIN, entry("account_created", "admin"));
      store.putAccount(subject, entry("account_put", "bob"));
      reopen();

      assertThat(store.accounts()).containsExactly(ADMIN, subject);
      assertThat(store.account("admin")).contains(ADMIN);
      assertThat(store.account("Admin")).isEmpty();
      assertThat(store.accountOf("https://id.example.com 4711")).contains(subject);
      assertThat(store.accountOf("https://id.example.com 471")).isEmpty();
    }

    @Test
    void theFirstIsMadeOnce() {
      assertThat(store.createFirstAccount(ADMIN, entry("account_created", "admin"))).isTrue();
      assertThat(store.createFirstAccount(ADMIN, entry("account_created", "admin"))).isFalse();
      assertThat(
              store.createFirstAccount(
                  account("eve", Account.Role.ADMIN), entry("account_created", "eve")))
          .isFalse();

      assertThat(store.accounts()).containsExactly(ADMIN);
      assertThat(actions()).containsExactly("account_created");
    }

    @Test
    void theFirstIsMadeByOneOfSeveralThatTryAtOnce() {
      var count = new AtomicInteger();
      var actors = new ArrayList<Runnable>();
      var won = new ArrayList<String>();
      for (int i = 0; i < 8; i++) {
        actors.add(
            () -> {
              var name = "admin-" + count.incrementAndGet();
              if (store.createFirstAccount(
                  account(name, Account.Role.ADMIN), entry("account_created", name))) {
                synchronized (won) {
                  won.add(name);
                }
              }
            });
      }
      playOnce(actors);

      assertThat(won).hasSize(1);
      assertThat(store.accounts()).extracting(Account::name).containsExactlyElementsOf(won);
      assertThat(actions()).containsExactly("account_created");
    }

    @Test
    void keepTheTimeOfTheirCreationWhenTheyAreChanged() {
      store.createFirstAccount(ADMIN, entry("account_created", "admin"));
      store.putAccount(
          new Account("admin", Account.Role.ADMIN, Optional.of("other"), Optional.of("x y"), now),
          entry("account_put", "admin"));

      assertThat(store.account("admin"))
          .contains(
              new Account(
                  "admin",
                  Account.Role.ADMIN,
                  Optional.of("other"),
                  Optional.of("x y"),
                  ADMIN.createdAt()));
    }

    @Test
    void alwaysHaveAnAdmin() {
      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () -> store.putAccount(account("bob", Account.Role.VIEWER), entry("x", "bob")));
      store.createFirstAccount(ADMIN, entry("account_created", "admin"));
      store.putAccount(account("bob", Account.Role.VIEWER), entry("account_put", "bob"));

      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () -> store.putAccount(account("admin", Account.Role.VIEWER), entry("x", "admin")));
      assertRefused(
          ErrorCode.FAILED_PRECONDITION, () -> store.deleteAccount("admin", entry("x", "admin")));
      assertRefused(ErrorCode.NOT_FOUND, () -> store.deleteAccount("nobody", entry("x", "nobody")));
      store.putAccount(account("bob", Account.Role.ADMIN), entry("account_put", "bob"));
      store.deleteAccount("admin", entry("account_deleted", "admin"));

      assertThat(store.accounts()).extracting(Account::name).containsExactly("bob");
      assertThat(actions())
          .containsExactly("account_deleted", "account_put", "account_put", "account_created");
    }

    @Test
    void keepAnAdminWhenTwoDeleteEachOther() {
      int rounds =
          Stress.run(
              () -> {
                for (var name : List.of("ann", "bob")) {
                  if (!store.createFirstAccount(
                      account(name, Account.Role.ADMIN), entry("x", name))) {
                    store.putAccount(account(name, Account.Role.ADMIN), entry("x", name));
                  }
                }
                var deleted = new AtomicInteger();
                return round(
                    List.of(deleting("ann", deleted), deleting("bob", deleted)),
                    () -> {
                      assertThat(deleted).hasValue(1);
                      assertThat(store.accounts()).hasSize(1);
                    });
              });

      assertThat(rounds).isPositive();
    }

    private Runnable deleting(String name, AtomicInteger deleted) {
      return () -> {
        try {
          store.deleteAccount(name, entry("x", name));
          deleted.incrementAndGet();
        } catch (RequestException lastAdmin) {
          assertThat(lastAdmin.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION);
        }
      };
    }

    @Test
    void areOfOnePersonAtAProvider() {
      var subject = Optional.of("https://id.example.com 4711");
      store.createFirstAccount(ADMIN, entry("x", "admin"));
      store.putAccount(
          new Account("bob", Account.Role.VIEWER, Optional.empty(), subject, now),
          entry("x", "bob"));

      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () ->
              store.putAccount(
                  new Account("eve", Account.Role.VIEWER, Optional.empty(), subject, now),
                  entry("x", "eve")));
      assertThat(store.account("eve")).isEmpty();
      assertThat(actions()).hasSize(2);
    }
  }

  @Nested
  class Sessions {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void comeBackAsTheyWereAlsoFromAStoreOpenedAnew() {
      begin();
      var session = session("s", "admin", HOUR);
      store.beginSession(session, entry("login", "admin"));
      reopen();

      assertThat(store.session("s")).contains(session);
      assertThat(store.session("S")).isEmpty();
    }

    @Test
    void areOfAnAccount() {
      assertRefused(
          ErrorCode.NOT_FOUND,
          () -> store.beginSession(session("s", "nobody", HOUR), entry("login", "nobody")));
      assertThat(actions()).isEmpty();
    }

    @Test
    void rememberWhenTheyWereUsed() {
      begin();
      store.beginSession(session("s", "admin", HOUR), entry("login", "admin"));
      store.touchSession("s", now.plusSeconds(9));
      store.touchSession("s", now.plusSeconds(5));
      store.touchSession("none", now);

      assertThat(store.session("s").map(LoginSession::lastSeen)).contains(now.plusSeconds(9));
      assertThat(actions()).containsExactly("login", "account_created");
    }

    @Test
    void endOnce() {
      begin();
      store.beginSession(session("s", "admin", HOUR), entry("login", "admin"));
      store.endSession("s", entry("logout", "admin"));
      store.endSession("s", entry("logout", "admin"));
      reopen();

      assertThat(store.session("s")).isEmpty();
      assertThat(actions()).containsExactly("logout", "login", "account_created");
    }

    @Test
    void endAllAtOnceForOneAccount() {
      begin();
      store.putAccount(account("bob", Account.Role.VIEWER), entry("account_put", "bob"));
      store.beginSession(session("s", "bob", HOUR), entry("login", "bob"));
      store.beginSession(session("t", "bob", HOUR), entry("login", "bob"));
      store.beginSession(session("other", "admin", HOUR), entry("login", "admin"));
      store.endSessions("bob", entry("logout", "bob"));
      store.endSessions("bob", entry("logout", "bob"));
      reopen();

      assertThat(store.session("s")).isEmpty();
      assertThat(store.session("t")).isEmpty();
      assertThat(store.session("other")).isPresent();
      assertThat(actions().stream().filter("logout"::equals)).hasSize(1);
    }

    @Test
    void endWithAChangeOfPasswordRoleOrSubjectAndWithTheAccount() {
      begin();
      var accounts =
          List.of(
              account("bob", Account.Role.VIEWER),
              new Account("bob", Account.Role.VIEWER, Optional.of("other"), Optional.empty(), now),
              new Account("bob", Account.Role.ADMIN, Optional.of("other"), Optional.empty(), now),
              new Account(
                  "bob", Account.Role.ADMIN, Optional.of("other"), Optional.of("i s"), now));
      for (var account : accounts) {
        store.putAccount(account, entry("account_put", "bob"));
        assertThat(store.session("s")).as("after %s", account).isEmpty();
        store.beginSession(session("s", "bob", HOUR), entry("login", "bob"));
        store.putAccount(account, entry("account_put", "bob"));
        assertThat(store.session("s")).as("after no change").isPresent();
      }
      store.beginSession(session("other", "admin", HOUR), entry("login", "admin"));
      store.deleteAccount("bob", entry("account_deleted", "bob"));

      assertThat(store.session("s")).isEmpty();
      assertThat(store.session("other")).isPresent();
    }

    @Test
    void areForgottenWhenTheyHaveExpired() {
      begin();
      store.beginSession(session("short", "admin", HOUR), entry("login", "admin"));
      store.beginSession(session("long", "admin", HOUR.multipliedBy(2)), entry("login", "admin"));
      time.advance(HOUR);
      assertThat(store.session("short")).as("until another begins").isPresent();
      store.beginSession(session("new", "admin", HOUR), entry("login", "admin"));

      assertThat(store.session("short")).isEmpty();
      assertThat(store.session("long")).isPresent();
    }

    @Test
    void areBoundedForEachAccount() {
      begin();
      store.putAccount(account("bob", Account.Role.VIEWER), entry("account_put", "bob"));
      store.beginSession(session("bob", "bob", HOUR), entry("login", "bob"));
      for (int i = 0; i < AccessStore.MOST_SESSIONS; i++) {
        time.advance(Duration.ofSeconds(1));
        store.beginSession(session("s-" + i, "admin", HOUR), entry("login", "admin"));
      }
      store.touchSession("s-0", time.instant().plusSeconds(1));
      time.advance(Duration.ofSeconds(2));
      store.beginSession(session("one more", "admin", HOUR), entry("login", "admin"));

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

  @Nested
  class Auditing {
    @Test
    void isTheAuditOfAlertsTooTheNewestFirstAlsoInAStoreOpenedAnew() {
      store.createFirstAccount(ADMIN, entry("account_created", "admin"));
      time.advance(Duration.ofSeconds(1));
      alerts.putRule(
          AlertStoreFixture.rule("one", Rule.Origin.API), new Actor("admin", "192.0.2.9"));
      time.advance(Duration.ofSeconds(1));
      store.record(
          new AuditEntry(time.instant(), "eve", "192.0.2.66", "login_failed", "admin", "hm"));
      reopen();

      assertThat(audit())
          .extracting(
              AuditEntry::by,
              AuditEntry::source,
              AuditEntry::action,
              AuditEntry::subject,
              AuditEntry::at)
          .containsExactly(
              tuple("eve", "192.0.2.66", "login_failed", "admin", now.plusSeconds(2)),
              tuple("admin", "192.0.2.9", "rule_put", "one", now.plusSeconds(1)),
              tuple("ann", "192.0.2.7", "account_created", "admin", now));
      assertThat(audit().getFirst().detail()).isEqualTo("hm");
      assertThat(alerts.audit(Optional.of("admin"), 10))
          .extracting(AuditEntry::action)
          .containsExactly("login_failed", "account_created");
      assertThat(alerts.audit(Optional.empty(), 1))
          .extracting(AuditEntry::action)
          .containsExactly("login_failed");
    }

    @Test
    void leavesOutWhatComesTooOftenAndSaysSo() {
      for (int i = 0; i < AuditLimit.PER_HOUR + 7; i++) {
        store.record(entry("login_failed", "admin"));
      }
      store.record(entry("machine_refused", "m"));
      time.advance(Duration.ofHours(1));
      store.record(entry("login_failed", "admin"));

      assertThat(actions()).filteredOn("login_failed"::equals).hasSize(AuditLimit.PER_HOUR + 1);
      assertThat(actions()).contains("machine_refused");
      assertThat(audit())
          .filteredOn(entry -> entry.action().equals(AuditLimit.LEFT_OUT))
          .extracting(AuditEntry::detail)
          .containsExactly("7");
    }
  }

  @Nested
  class AccessRevision {
    @Test
    void growsWithEachChangeOfAnAccountTokenOrCredential() {
      var numbers = new ArrayList<Long>();
      var changes =
          List.<Runnable>of(
              () -> store.createFirstAccount(ADMIN, entry("x", "admin")),
              () -> store.putAccount(account("bob", Account.Role.ADMIN), entry("x", "bob")),
              () -> store.deleteAccount("bob", entry("x", "bob")),
              () -> store.addApiToken(apiToken("t", Optional.empty()), entry("x", "t")),
              () -> store.revokeApiToken("t", now, entry("x", "t")),
              () -> store.addEnrolmentToken(enrolmentToken("e"), entry("x", "e")),
              () -> store.redeem("e", "hash of e", credential("c", "m"), entry("x", "m")),
              () -> store.addCredential(credential("d", "m"), entry("x", "m")),
              () -> store.renew("d", credential("f", "m"), entry("x", "m")),
              () -> store.revoke("m", now, entry("x", "m")));
      numbers.add(store.accessRevision());
      for (var change : changes) {
        change.run();
        numbers.add(store.accessRevision());
      }

      assertThat(numbers).isSorted();
      assertThat(new HashSet<>(numbers)).hasSize(changes.size() + 1);
      reopen();
      assertThat(store.accessRevision()).isGreaterThanOrEqualTo(numbers.getLast());
    }

    @Test
    void isSeenInAnotherStoreOnTheSameData() {
      try (var other = create(context)) {
        long before = other.accessRevision();
        store.createFirstAccount(ADMIN, entry("x", "admin"));

        assertThat(other.accessRevision()).isGreaterThan(before);
        assertThat(other.accounts()).containsExactly(ADMIN);
      }
    }
  }

  @Test
  void hostileNamesAreTextsLikeOthers() {
    store.createFirstAccount(ADMIN, entry("x", "admin"));
    List.of("'; DROP TABLE account;--", "%", "a\nb", "\"\\", "*", "ä€😀", "\u202e", "")
        .forEach(this::checkHostile);
  }

  private void checkHostile(String name) {
    var hostile = new Account(name, Account.Role.VIEWER, Optional.of(name), Optional.of(name), now);
    store.putAccount(hostile, entry("account_put", name));
    store.beginSession(session(name, name, Duration.ofHours(1)), entry("login", name));
    store.addApiToken(apiToken(name, Optional.empty()), entry("token", name));
    store.addEnrolmentToken(enrolmentToken(name), entry("token", name));
    store.redeem(name, "hash of " + name, credential(name, name), entry("enrolled", name));

    assertThat(store.account(name)).contains(hostile);
    assertThat(store.accountOf(name)).contains(hostile);
    assertThat(store.accounts()).hasSize(2);
    assertThat(store.session(name).map(LoginSession::account)).contains(name);
    assertThat(store.apiToken(name)).contains(apiToken(name, Optional.empty()));
    assertThat(store.credential(name)).contains(credential(name, name));
    assertThat(alerts.audit(Optional.of(name), 10))
        .extracting(AuditEntry::action)
        .containsExactly("enrolled", "token", "token", "login", "account_put");
    store.deleteAccount(name, entry("account_deleted", name));
    assertThat(store.accounts()).containsExactly(ADMIN);
  }

  @Test
  void textsThatNoDatabaseCanHoldDoNoHarm() {
    store.createFirstAccount(ADMIN, entry("x", "admin"));
    var odd = "a\u0000b\ud800c";

    assertThat(store.account(odd)).isEmpty();
    assertThat(store.session(odd)).isEmpty();
    assertThat(store.apiToken(odd)).isEmpty();
    assertThat(store.credential(odd)).isEmpty();
    assertThat(store.redeem(odd, odd, credential("c", "m"), entry("x", odd))).isFalse();
    store.record(new AuditEntry(now, odd, odd, "login_failed", odd, odd));
    var noise = new Random(7).ints(10_000, 33, 0xd7ff);
    var longName = noise.mapToObj(Character::toString).collect(Collectors.joining());
    store.record(new AuditEntry(now, longName, "", "login_failed", longName, longName));
    assertThat(actions()).containsExactly("login_failed", "login_failed", "x");
    assertThat(audit().getFirst().detail()).isEqualTo(longName);
  }

  @Test
  void isHealthy() {
    Eventually.asserted(() -> assertThat(store.health().isOk()).isTrue());
  }
}
