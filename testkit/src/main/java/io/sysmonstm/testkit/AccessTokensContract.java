package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.MachineCredential;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a store does with tokens, and with what machines prove themselves by. */
abstract class AccessTokensContract extends AccessStoreFixture {
  private final AtomicInteger next = new AtomicInteger();

  @Nested
  class ApiTokens {
    @Test
    void comeBackAsTheyWereTheNewestFirstAlsoFromAStoreOpenedAnew() {
      var lasting = apiToken("a", Optional.empty());
      store.addApiToken(lasting, entry("token_created", "a"));
      time.advance(Duration.ofSeconds(1));
      var expiring = apiToken("b", Optional.of(now.plusSeconds(60)));
      store.addApiToken(expiring, entry("token_created", "b"));
      reopen();

      assertThat(store.apiTokens()).containsExactly(expiring, lasting);
      assertThat(store.apiToken("a")).contains(lasting);
      assertThat(store.apiToken("c")).isEmpty();
    }

    @Test
    void haveAnIdEach() {
      store.addApiToken(apiToken("a", Optional.empty()), entry("token_created", "a"));

      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () -> store.addApiToken(apiToken("a", Optional.of(now)), entry("x", "a")));
      assertThat(store.apiToken("a").flatMap(ApiToken::expiresAt)).isEmpty();
      assertThat(actions()).containsExactly("token_created");
    }

    @Test
    void thatAreRevokedStaySoSinceTheFirstTime() {
      store.addApiToken(apiToken("a", Optional.empty()), entry("token_created", "a"));
      store.revokeApiToken("a", now.plusSeconds(1), entry("token_revoked", "a"));
      store.revokeApiToken("a", now.plusSeconds(9), entry("token_revoked", "a"));
      reopen();

      assertThat(store.apiToken("a").flatMap(ApiToken::revokedAt)).contains(now.plusSeconds(1));
      assertRefused(
          ErrorCode.NOT_FOUND, () -> store.revokeApiToken("b", now, entry("token_revoked", "b")));
      assertThat(actions()).containsExactly("token_revoked", "token_created");
    }

    @Test
    void areForgottenLongAfterTheirEnd() {
      store.addApiToken(apiToken("revoked", Optional.empty()), entry("x", ""));
      store.revokeApiToken("revoked", now, entry("x", ""));
      store.addApiToken(apiToken("expired", Optional.of(now)), entry("x", ""));
      store.addApiToken(apiToken("lasting", Optional.empty()), entry("x", ""));
      time.advance(Duration.ofDays(90));
      store.addApiToken(apiToken("after 90 days", Optional.empty()), entry("x", ""));
      assertThat(store.apiTokens()).hasSize(4);
      time.advance(Duration.ofSeconds(1));
      store.addApiToken(apiToken("later", Optional.empty()), entry("x", ""));

      assertThat(store.apiTokens())
          .extracting(ApiToken::id)
          .containsExactly("later", "after 90 days", "lasting");
    }
  }

  @Nested
  class EnrolmentTokens {
    @Test
    void letOneMachineInOnce() {
      var token = enrolmentToken("e");
      store.addEnrolmentToken(token, entry("enrolment_token_created", "e"));
      time.advance(Duration.ofMinutes(5));
      var credential = credential("c", "m");

      assertThat(store.redeem("e", "hash of e", credential, entry("enrolled", "m"))).isTrue();
      assertThat(store.redeem("e", "hash of e", credential("d", "m"), entry("enrolled", "m")))
          .isFalse();
      reopen();

      assertThat(store.credential("c")).contains(credential);
      assertThat(store.credential("d")).isEmpty();
      assertThat(store.enrolmentTokens())
          .containsExactly(
              new EnrolmentToken(
                  "e",
                  token.secretHash(),
                  token.createdBy(),
                  token.createdAt(),
                  token.expiresAt(),
                  Optional.of(time.instant()),
                  Optional.of("m")));
      assertThat(actions()).containsExactly("enrolled", "enrolment_token_created");
    }

    @Test
    void letNobodyInWithAnotherSecretOrIdOrWhenTheyHaveExpired() {
      store.addEnrolmentToken(enrolmentToken("e"), entry("enrolment_token_created", "e"));

      assertThat(store.redeem("e", "hash of f", credential("c", "m"), entry("x", "m"))).isFalse();
      assertThat(store.redeem("e", "", credential("c", "m"), entry("x", "m"))).isFalse();
      assertThat(store.redeem("f", "hash of e", credential("c", "m"), entry("x", "m"))).isFalse();
      time.advance(Duration.ofHours(1));
      assertThat(store.redeem("e", "hash of e", credential("c", "m"), entry("x", "m"))).isFalse();

      assertThat(store.credentials()).isEmpty();
      assertThat(store.enrolmentTokens().getFirst().usedAt()).isEmpty();
      assertThat(actions()).containsExactly("enrolment_token_created");
    }

    @Test
    void letInOneOfSeveralThatTryAtOnce() {
      Stress.run(
          () -> {
            var id = "e-" + next.incrementAndGet();
            store.addEnrolmentToken(enrolmentToken(id), entry("x", id));
            return oneWins(
                    4,
                    () ->
                        store.redeem(
                            id,
                            "hash of " + id,
                            credential("c-" + next.incrementAndGet(), id),
                            entry("enrolled", id)))
                .also(
                    () ->
                        assertThat(store.credentials())
                            .filteredOn(one -> one.machineId().equals(id))
                            .hasSize(1));
          });
    }

    @Test
    void letInOneOfSeveralThatTryAtOnceInDifferentStores() {
      try (var other = create(context)) {
        Stress.run(
            () -> {
              var id = "e-" + next.incrementAndGet();
              store.addEnrolmentToken(enrolmentToken(id), entry("x", id));
              var turn = new AtomicBoolean();
              return oneWins(
                  2,
                  () ->
                      (turn.getAndSet(true) ? store : other)
                          .redeem(
                              id,
                              "hash of " + id,
                              credential("c-" + next.incrementAndGet(), id),
                              entry("enrolled", id)));
            });
      }
    }

    @Test
    void areNotUsedWhereTheCredentialIsRefused() {
      store.addEnrolmentToken(enrolmentToken("e"), entry("x", "e"));
      store.addCredential(credential("c", "m"), entry("x", "m"));

      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () -> store.redeem("e", "hash of e", credential("c", "n"), entry("x", "n")));
      assertThat(store.redeem("e", "hash of e", credential("d", "n"), entry("x", "n"))).isTrue();
    }

    @Test
    void haveAnIdEach() {
      store.addEnrolmentToken(enrolmentToken("e"), entry("x", "e"));
      store.redeem("e", "hash of e", credential("c", "m"), entry("enrolled", "m"));

      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () -> store.addEnrolmentToken(enrolmentToken("e"), entry("x", "e")));
      assertThat(store.enrolmentTokens().getFirst().usedBy()).contains("m");
    }

    @Test
    void areForgottenAfterADay() {
      store.addEnrolmentToken(enrolmentToken("old"), entry("x", "old"));
      time.advance(Duration.ofHours(2));
      store.addEnrolmentToken(enrolmentToken("newer"), entry("x", "newer"));
      time.advance(Duration.ofHours(22));
      assertThat(ids()).containsExactly("newer", "old");
      time.advance(Duration.ofSeconds(1));
      assertThat(ids()).containsExactly("newer");
      store.addEnrolmentToken(enrolmentToken("old"), entry("x", "old"));

      assertThat(ids()).containsExactly("old", "newer");
    }

    private List<String> ids() {
      return store.enrolmentTokens().stream().map(EnrolmentToken::id).toList();
    }
  }

  @Nested
  class MachineAuthority {
    @Test
    void isTheOneThatWasPutLast() {
      assertThat(store.machineAuthority()).isEmpty();
      store.putMachineAuthority("first", entry("machine_authority_made", "first"));
      long revision = store.accessRevision();
      var longest = "x".repeat(64 << 10);
      store.putMachineAuthority(longest, entry("machine_authority_made", "second"));
      reopen();

      assertThat(store.machineAuthority()).contains(longest);
      assertThat(store.accessRevision()).isEqualTo(revision);
      assertThat(actions()).containsExactly("machine_authority_made", "machine_authority_made");
    }
  }

  @Nested
  class Credentials {
    @Test
    void comeBackAsTheyWereByMachineAlsoFromAStoreOpenedAnew() {
      var ofB = credential("1", "b");
      var firstOfA =
          new MachineCredential(
              "2",
              "a",
              MachineCredential.Kind.TOKEN,
              "hash",
              now,
              now.plusSeconds(60),
              Optional.empty());
      store.addCredential(ofB, entry("x", "b"));
      store.addCredential(firstOfA, entry("x", "a"));
      time.advance(Duration.ofSeconds(1));
      var secondOfA = credential("3", "a");
      store.addCredential(secondOfA, entry("x", "a"));
      reopen();

      assertThat(store.credentials()).containsExactly(secondOfA, firstOfA, ofB);
      assertThat(store.credential("2")).contains(firstOfA);
      time.advance(Duration.ofSeconds(59));
      assertThat(store.credentials()).as("one has expired").containsExactly(secondOfA, ofB);
    }

    @Test
    void haveAnIdEach() {
      store.addCredential(credential("1", "a"), entry("issued", "a"));

      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () -> store.addCredential(credential("1", "b"), entry("issued", "b")));
      assertRefused(
          ErrorCode.FAILED_PRECONDITION,
          () -> store.renew("1", credential("1", "a"), entry("renewed", "a")));
      assertThat(store.credential("1").map(MachineCredential::machineId)).contains("a");
      assertThat(actions()).containsExactly("issued");
    }

    @Test
    void thatHaveExpiredAreForgottenWhenAnotherIsAdded() {
      store.addCredential(credential("1", "a"), entry("x", "a"));
      time.advance(Duration.ofDays(30));
      assertThat(store.credential("1")).isPresent();
      store.addCredential(credential("2", "b"), entry("x", "b"));

      assertThat(store.credential("1")).isEmpty();
    }

    @Test
    void areRevokedAllOfAMachine() {
      store.addCredential(credential("1", "a"), entry("x", "a"));
      store.addCredential(credential("2", "a"), entry("x", "a"));
      store.addCredential(credential("3", "b"), entry("x", "b"));

      assertThat(store.revoke("a", now.plusSeconds(1), entry("revoked", "a"))).isEqualTo(2);
      assertThat(store.revoke("a", now.plusSeconds(9), entry("revoked", "a"))).isZero();
      assertThat(store.revoke("c", now, entry("revoked", "c"))).isZero();
      reopen();

      assertThat(store.credentials())
          .extracting(MachineCredential::revokedAt)
          .containsExactly(
              Optional.of(now.plusSeconds(1)), Optional.of(now.plusSeconds(1)), Optional.empty());
      assertThat(actions()).containsExactly("revoked", "x", "x", "x");
    }

    @Test
    void followOneThatHolds() {
      store.addCredential(credential("1", "a"), entry("issued", "a"));
      time.advance(Duration.ofDays(20));

      assertThat(store.renew("1", credential("2", "a"), entry("renewed", "a"))).isTrue();
      assertThat(store.renew("1", credential("3", "b"), entry("renewed", "b"))).isFalse();
      assertThat(store.renew("none", credential("3", "a"), entry("renewed", "a"))).isFalse();
      store.revoke("a", time.instant(), entry("revoked", "a"));
      assertThat(store.renew("2", credential("3", "a"), entry("renewed", "a"))).isFalse();

      assertThat(store.credential("1")).isPresent();
      assertThat(store.credential("3")).isEmpty();
      assertThat(actions()).containsExactly("revoked", "renewed", "issued");
    }

    @Test
    void doNotFollowOneThatHasExpired() {
      store.addCredential(credential("1", "a"), entry("issued", "a"));
      time.advance(Duration.ofDays(30));

      assertThat(store.renew("1", credential("2", "a"), entry("renewed", "a"))).isFalse();
      assertThat(store.credentials()).isEmpty();
    }

    @Test
    void doNotSlipPastARevocationByBeingRenewed() {
      Stress.run(
          () -> {
            var machine = "m-" + next.incrementAndGet();
            store.addCredential(credential(machine, machine), entry("x", machine));
            return round(
                List.of(
                    () -> store.revoke(machine, now, entry("revoked", machine)),
                    () -> {
                      var id = "n-" + next.incrementAndGet();
                      boolean _ = store.renew(machine, credential(id, machine), entry("x", id));
                    }),
                () ->
                    assertThat(store.credentials())
                        .filteredOn(one -> one.machineId().equals(machine))
                        .isNotEmpty()
                        .allMatch(one -> one.revokedAt().isPresent()));
          });
    }
  }
}
