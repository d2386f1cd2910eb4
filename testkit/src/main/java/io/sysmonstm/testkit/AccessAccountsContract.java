package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.ApiToken.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a store does with accounts. */
abstract class AccessAccountsContract extends AccessSessionsContract {
  private final AtomicInteger next = new AtomicInteger();

  @Nested
  class Accounts {
    @Test
    void comeBackAsTheyWereByNameAlsoFromAStoreOpenedAnew() {
      var subject =
          new Account(
              "bob",
              Role.VIEWER,
              Optional.empty(),
              Optional.of("https://id.example.com 4711"),
              now);
      store.createFirstAccount(ADMIN, entry("account_created", "admin"));
      store.addAccount(subject, entry("account_added", "bob"));
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
              store.createFirstAccount(account("eve", Role.ADMIN), entry("account_created", "eve")))
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
                  account(name, Role.ADMIN), entry("account_created", name))) {
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
      store.changeAccount(
          ADMIN,
          new Account("admin", Role.ADMIN, Optional.of("other"), Optional.of("x y"), now),
          entry("account_changed", "admin"));

      assertThat(store.account("admin"))
          .contains(
              new Account(
                  "admin",
                  Role.ADMIN,
                  Optional.of("other"),
                  Optional.of("x y"),
                  ADMIN.createdAt()));
    }

    @Test
    void alwaysHaveAnAdmin() {
      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () -> store.addAccount(account("bob", Role.VIEWER), entry("x", "bob")));
      store.createFirstAccount(ADMIN, entry("account_created", "admin"));
      store.addAccount(account("bob", Role.VIEWER), entry("account_added", "bob"));

      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () -> store.changeAccount(ADMIN, account("admin", Role.VIEWER), entry("x", "admin")));
      assertRefused(
          ErrorCode.FAILED_PRECONDITION, () -> store.deleteAccount("admin", entry("x", "admin")));
      assertRefused(ErrorCode.NOT_FOUND, () -> store.deleteAccount("nobody", entry("x", "nobody")));
      store.changeAccount(
          account("bob", Role.VIEWER), account("bob", Role.ADMIN), entry("account_changed", "bob"));
      store.deleteAccount("admin", entry("account_deleted", "admin"));

      assertThat(store.accounts()).extracting(Account::name).containsExactly("bob");
      assertThat(actions())
          .containsExactly(
              "account_deleted", "account_changed", "account_added", "account_created");
    }

    @Test
    void haveANameEach() {
      store.createFirstAccount(ADMIN, entry("account_created", "admin"));
      store.addAccount(account("bob", Role.VIEWER), entry("account_added", "bob"));

      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () -> store.addAccount(account("bob", Role.ADMIN), entry("x", "bob")));
      assertThat(store.account("bob")).contains(account("bob", Role.VIEWER));
      assertThat(actions()).containsExactly("account_added", "account_created");
    }

    @Test
    void thatWereDeletedOrChangedMeanwhileStaySo() {
      store.createFirstAccount(ADMIN, entry("account_created", "admin"));
      var seen = account("mallory", Role.ADMIN);
      var wanted =
          new Account("mallory", Role.ADMIN, Optional.of("new hash"), Optional.empty(), now);
      store.addAccount(seen, entry("account_added", "mallory"));
      var demoted = account("mallory", Role.VIEWER);
      store.changeAccount(seen, demoted, entry("account_changed", "mallory"));

      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () -> store.changeAccount(seen, wanted, entry("x", "mallory")));
      assertThat(store.account("mallory")).contains(demoted);
      store.deleteAccount("mallory", entry("account_deleted", "mallory"));
      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () -> store.changeAccount(demoted, wanted, entry("x", "mallory")));

      assertThat(store.accounts()).containsExactly(ADMIN);
      assertThat(actions())
          .containsExactly(
              "account_deleted", "account_changed", "account_added", "account_created");
    }

    @Test
    void areChangedByOneOfSeveralThatSawTheSame() {
      store.createFirstAccount(ADMIN, entry("x", "admin"));
      Stress.run(
          () -> {
            var name = "bob-" + next.incrementAndGet();
            var seen = account(name, Role.VIEWER);
            store.addAccount(seen, entry("x", name));
            return oneWins(3, () -> changes(seen, "hash " + next.incrementAndGet()))
                .also(() -> store.deleteAccount(name, entry("x", name)));
          });
    }

    private boolean changes(Account seen, String hash) {
      var wanted = new Account(seen.name(), seen.role(), Optional.of(hash), seen.subject(), now);
      try {
        store.changeAccount(seen, wanted, entry("x", seen.name()));
        return true;
      } catch (RequestException changed) {
        assertThat(changed.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION);
        return false;
      }
    }

    @Test
    void takeTheirTokensWithThem() {
      store.createFirstAccount(ADMIN, entry("account_created", "admin"));
      store.addAccount(account("bob", Role.ADMIN), entry("account_added", "bob"));
      store.addApiToken(apiToken("reads", "bob", Scope.READ), entry("made", "reads"));
      store.addApiToken(apiToken("rules", "bob", Scope.ADMIN), entry("made", "rules"));
      store.addApiToken(
          apiToken("enrols", "bob", Scope.READ, Scope.ENROL), entry("made", "enrols"));
      store.addApiToken(apiToken("other", "admin", Scope.ADMIN), entry("made", "other"));
      store.addApiToken(apiToken("nobody's", Optional.empty()), entry("made", "nobody's"));
      time.advance(Duration.ofSeconds(1));
      store.changeAccount(
          account("bob", Role.ADMIN), account("bob", Role.VIEWER), entry("demoted", "bob"));
      assertThat(ended()).containsExactlyInAnyOrder("rules", "enrols");
      assertThat(store.apiToken("rules").flatMap(ApiToken::revokedAt)).contains(time.instant());
      store.deleteAccount("bob", entry("account_deleted", "bob"));
      reopen();

      assertThat(ended()).containsExactlyInAnyOrder("rules", "enrols", "reads");
      assertThat(audit())
          .filteredOn(entry -> entry.action().equals("api_token_revoked"))
          .hasSize(3)
          .allMatch(entry -> entry.by().equals("ann") && entry.detail().equals("made by bob"))
          .extracting(AuditEntry::subject)
          .containsExactlyInAnyOrder("rules", "enrols", "reads");
    }

    private List<String> ended() {
      return store.apiTokens().stream()
          .filter(token -> token.revokedAt().isPresent())
          .map(ApiToken::id)
          .toList();
    }

    @Test
    void makeTokensAsLongAsTheyAreAdmins() {
      store.createFirstAccount(ADMIN, entry("account_created", "admin"));
      store.addAccount(account("bob", Role.VIEWER), entry("account_added", "bob"));

      for (var maker : List.of("bob", "gone")) {
        assertRefused(
            ErrorCode.FAILED_PRECONDITION,
            () -> store.addApiToken(apiToken("t", maker, Scope.READ), entry("x", "t")));
      }
      assertThat(store.apiTokens()).isEmpty();
    }

    @Test
    void keepAnAdminWhenTwoDeleteEachOther() {
      int rounds =
          Stress.run(
              () -> {
                for (var name : List.of("ann", "bob")) {
                  if (!store.createFirstAccount(account(name, Role.ADMIN), entry("x", name))
                      && store.account(name).isEmpty()) {
                    store.addAccount(account(name, Role.ADMIN), entry("x", name));
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
      store.addAccount(
          new Account("bob", Role.VIEWER, Optional.empty(), subject, now), entry("x", "bob"));

      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () ->
              store.addAccount(
                  new Account("eve", Role.VIEWER, Optional.empty(), subject, now),
                  entry("x", "eve")));
      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () ->
              store.changeAccount(
                  ADMIN,
                  new Account("admin", Role.ADMIN, ADMIN.passwordHash(), subject, now),
                  entry("x", "admin")));
      assertThat(store.account("eve")).isEmpty();
      assertThat(actions()).hasSize(2);
    }
  }
}
