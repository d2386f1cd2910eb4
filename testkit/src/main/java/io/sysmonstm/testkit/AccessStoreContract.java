package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
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
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every {@link AccessStore} must do. What it must do with people, tokens and machines is
 * inherited. Each test begins with an empty store.
 */
public abstract class AccessStoreContract extends AccessAccountsContract {
  /** For subclasses. */
  protected AccessStoreContract() {}

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
              () -> store.addAccount(account("bob", Account.Role.ADMIN), entry("x", "bob")),
              () ->
                  store.changeAccount(
                      account("bob", Account.Role.ADMIN),
                      account("bob", Account.Role.VIEWER),
                      entry("x", "bob")),
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
    store.addAccount(hostile, entry("account_added", name));
    store.beginSession(session(name, name, Duration.ofHours(1)), hostile, entry("login", name));
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
        .containsExactly("enrolled", "token", "token", "login", "account_added");
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
