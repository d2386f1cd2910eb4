package io.sysmonstm.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.MachineAccess;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.spi.MachineIdentity;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.InMemoryAccessStore;
import io.sysmonstm.testkit.InMemoryAlertStore;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.tls.CertificateRequest;
import io.sysmonstm.tls.Invitation;
import io.sysmonstm.tls.MachineTokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineAuthorityTest {
  private static final Actor ADMIN = Actor.within("admin");
  private static final String HERE = "192.0.2.7";

  @TempDir private Path directory;

  private final ManualTime time = new ManualTime(Instant.now());
  private final InMemoryAccessStore store = new InMemoryAccessStore(time, new InMemoryAlertStore());
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final SelfMetrics metrics = new SelfMetrics();
  private MachineAuthority authority;

  @BeforeEach
  void open() {
    authority =
        MachineAuthority.builder(store, directory, executor).time(time).metrics(metrics).build();
  }

  @AfterEach
  void close() {
    authority.close();
    executor.close();
  }

  private String token() {
    return Invitation.create(store, ADMIN, Invitation.LONGEST, time.instant()).token().text();
  }

  private static byte[] request(String machineId) {
    return CertificateRequest.encode(machineId, CertificateRequest.newKeys());
  }

  private MachineAccess.Enrolled enrol(String machineId) {
    return authority.enrol(token(), request(machineId), HERE);
  }

  private List<String> actions() {
    return store.audit().stream().map(AuditEntry::action).toList();
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable call) {
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(call)
        .satisfies(refused -> assertThat(refused.code()).isEqualTo(code));
  }

  @Test
  @DisplayName("3: a token and a request become a certificate of that machine for 30 days")
  void enrolsAMachine() throws Exception {
    var enrolled = enrol("m1");
    var certificate = enrolled.chain().getFirst();
    certificate.verify(enrolled.trust().getFirst().getPublicKey());
    assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=m1");
    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactly(List.of(6, "urn:sysmonstm:machine:m1"));
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(certificate.getSerialNumber().bitLength()).isBetween(100, 159);
    assertThat(Duration.between(time.instant(), certificate.getNotAfter().toInstant()).toSeconds())
        .isBetween(Duration.ofDays(30).toSeconds() - 1, Duration.ofDays(30).toSeconds());
    var identity = authority.byCertificate(certificate).orElseThrow();
    assertThat(identity.machineId()).isEqualTo("m1");
    assertThat(authority.holds(identity)).isTrue();
    assertThat(actions())
        .containsExactly("machine_enrolled", "enrolment_token_created", "machine_authority_made");
  }

  @Test
  @DisplayName("7: a certificate that cannot be made keeps no revocation from being seen")
  void followsTheStoreAlsoWhereItCannotRenew() {
    // No certificate can last beyond the year 9999.
    time.setWall(Instant.parse("9999-12-15T00:00:00Z"));
    var now = time.instant();
    var audit = AuditEntry.of(now, ADMIN, "x", "m1", "");
    store.addCredential(
        new MachineCredential(
            "c",
            "m1",
            MachineCredential.Kind.TOKEN,
            "hash",
            now,
            now.plus(Duration.ofDays(1)),
            Optional.empty()),
        audit);
    authority.tick();
    var identity = new MachineIdentity("m1", "c", now.plus(Duration.ofDays(1)));
    assertThat(authority.holds(identity)).isTrue();

    store.revoke("m1", now, audit);
    authority.tick();

    assertThat(authority.holds(identity)).isFalse();
  }

  @Test
  @DisplayName("3: a used, an expired, an unknown token and one with another secret are refused")
  void refusesTokensThatAreNotGood() {
    var used = token();
    authority.enrol(used, request("m1"), HERE);
    var expired = token();
    var good = token();
    var forged = good.substring(0, good.length() - 1) + (good.endsWith("0") ? "1" : "0");
    time.advance(Invitation.LONGEST);
    for (var token : List.of(used, expired, forged, "", "x".repeat(10_000))) {
      assertRefused(ErrorCode.UNAUTHENTICATED, () -> authority.enrol(token, request("m2"), HERE));
    }
    assertThat(store.credentials()).hasSize(1);
    Eventually.until(
        "in the audit", () -> actions().stream().filter("enrolment_refused"::equals).count() == 5);
    assertThat(store.audit().toString()).doesNotContain(used.substring(22));
  }

  @Test
  @DisplayName("3: of many that use one token at once one comes in")
  void oneWinnerForAToken() throws Exception {
    var token = token();
    var together = new CyclicBarrier(8);
    var tries = new ArrayList<Callable<Boolean>>();
    for (int i = 0; i < 8; i++) {
      var machine = "m" + i;
      tries.add(
          () -> {
            var request = request(machine);
            together.await();
            try {
              authority.enrol(token, request, HERE);
              return true;
            } catch (RequestException refused) {
              assertThat(refused.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
              return false;
            }
          });
    }
    int winners = 0;
    for (var outcome : executor.invokeAll(tries)) {
      winners += outcome.get() ? 1 : 0;
    }
    assertThat(winners).isEqualTo(1);
    assertThat(store.credentials()).hasSize(1);
  }

  @Test
  @DisplayName("3: a request that is weak, forged or of no machine costs no token")
  void refusesBadRequests() {
    var token = token();
    var forged = request("m1");
    forged[forged.length - 1] ^= 1;
    for (var request :
        List.of(
            new byte[0],
            new byte[9_000],
            Arrays.copyOf(request("m1"), 100),
            forged,
            request(""),
            request("not an id"),
            request("x".repeat(65)))) {
      assertRefused(
          ErrorCode.INVALID_ARGUMENT,
          () -> authority.enrol(token, request, "of " + request.length + Arrays.hashCode(request)));
    }
    assertThat(authority.enrol(token, request("m1"), HERE).machineId()).isEqualTo("m1");
  }

  @Test
  @DisplayName("3: an address may try ten times a minute")
  void limitsTheTriesOfAnAddress() {
    for (int i = 0; i < 10; i++) {
      assertRefused(ErrorCode.UNAUTHENTICATED, () -> authority.enrol("wrong", request("m"), HERE));
    }
    var good = token();
    assertRefused(ErrorCode.RESOURCE_EXHAUSTED, () -> authority.enrol(good, request("m"), HERE));
    authority.enrol(good, request("m"), "192.0.2.8");
    time.advance(Duration.ofSeconds(6));
    assertRefused(ErrorCode.UNAUTHENTICATED, () -> authority.enrol("wrong", request("m"), HERE));
  }

  @Test
  @DisplayName("3: a machine renews ten times and then hourly, whatever others at its address do")
  void limitsTheRenewalsOfAMachine() {
    var busy = authority.byCertificate(enrol("m1").chain().getFirst()).orElseThrow();
    var other = authority.byCertificate(enrol("m2").chain().getFirst()).orElseThrow();
    for (int i = 0; i < 8; i++) {
      assertRefused(ErrorCode.UNAUTHENTICATED, () -> authority.enrol("wrong", request("m"), HERE));
    }
    for (int i = 0; i < 10; i++) {
      authority.renew(busy, request("m1"), HERE);
    }
    assertRefused(ErrorCode.RESOURCE_EXHAUSTED, () -> authority.renew(busy, request("m1"), HERE));
    assertThat(authority.renew(other, request("m2"), HERE).machineId()).isEqualTo("m2");
    time.advance(Duration.ofHours(1));
    assertThat(authority.renew(busy, request("m1"), HERE).machineId()).isEqualTo("m1");
  }

  @Test
  @DisplayName("4: a certificate is renewed for its own machine only; the try is in the audit")
  void renewsForTheSameMachineOnly() {
    var first = enrol("m1").chain().getFirst();
    var identity = authority.byCertificate(first).orElseThrow();
    assertRefused(
        ErrorCode.PERMISSION_DENIED, () -> authority.renew(identity, request("m2"), HERE));
    Eventually.until("in the audit", () -> actions().contains("identity_refused"));
    assertThat(store.credentials()).hasSize(1);
    var second = authority.renew(identity, request("m1"), HERE).chain().getFirst();
    assertThat(authority.byCertificate(second).orElseThrow().machineId()).isEqualTo("m1");
    assertThat(authority.byCertificate(first)).as("it holds on").isPresent();
    assertThat(actions()).contains("machine_renewed");
  }

  @Test
  @DisplayName(
      "5: a revocation by another process is noticed at the next look, for all credentials")
  void noticesRevocations() {
    var certificate = enrol("m1").chain().getFirst();
    var identity = authority.byCertificate(certificate).orElseThrow();
    var token = MachineTokens.create(store, ADMIN, "m1", Duration.ofDays(1), time.instant()).text();
    var byToken = authority.byToken(token).orElseThrow();
    assertThat(byToken.machineId()).isEqualTo("m1");
    store.revoke(
        "m1", time.instant(), AuditEntry.of(time.instant(), ADMIN, "machine_revoked", "m1", ""));
    authority.tick();
    assertThat(authority.holds(identity)).isFalse();
    assertThat(authority.holds(byToken)).isFalse();
    assertThat(authority.byCertificate(certificate)).isEmpty();
    assertThat(authority.byToken(token)).isEmpty();
    assertRefused(ErrorCode.UNAUTHENTICATED, () -> authority.renew(identity, request("m1"), HERE));
  }

  @Test
  @DisplayName("5: a credential holds no more when it has expired")
  void noticesTheEnd() {
    var certificate = enrol("m1").chain().getFirst();
    var identity = authority.byCertificate(certificate).orElseThrow();
    time.advance(Duration.ofDays(30));
    assertThat(authority.holds(identity)).isFalse();
    assertThat(authority.byCertificate(certificate)).isEmpty();
  }

  @Test
  void whileTheStoreIsAwayTheKnownStayInAndNobodyElseComesIn() {
    var certificate = enrol("m1").chain().getFirst();
    var token = token();
    var unknown = MachineTokens.create(store, ADMIN, "m2", Duration.ofDays(1), time.instant());
    store.unavailable(true);
    authority.tick();
    var identity = authority.byCertificate(certificate).orElseThrow();
    assertThat(authority.holds(identity)).isTrue();
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> authority.byToken(unknown.text()));
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> authority.enrol(token, request("m3"), HERE));
    store.unavailable(false);
    assertThat(authority.enrol(token, request("m3"), HERE).machineId()).isEqualTo("m3");
  }

  @Test
  void tokensOfOthersAreNoTokens() {
    assertThat(authority.byToken("smm1_0123456789abcdef_" + "0".repeat(40))).isEmpty();
    assertThat(authority.byToken(token())).as("of another kind").isEmpty();
    assertThat(authority.byToken("")).isEmpty();
  }

  @Test
  @DisplayName("3: the authority is made once, its key readable by its owner alone")
  void keepsItsAuthority() throws Exception {
    var pin = authority.pin();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("authority-key.pem"))))
        .isEqualTo("rw-------");
    try (var again = MachineAuthority.builder(store, directory, executor).time(time).build()) {
      assertThat(again.pin()).isEqualTo(pin);
    }
    assertThat(actions()).containsExactly("machine_authority_made");
    Files.delete(directory.resolve("authority-key.pem"));
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> MachineAuthority.builder(store, directory, executor).build())
        .withMessageContaining("authority-key.pem");
  }
}
