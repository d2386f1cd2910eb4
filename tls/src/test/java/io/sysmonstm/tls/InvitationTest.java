package io.sysmonstm.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.testkit.InMemoryAccessStore;
import io.sysmonstm.testkit.InMemoryAlertStore;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a new machine is given, and what it asks for. */
class InvitationTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Actor ADMIN = new Actor("admin", "192.0.2.1");

  private final InMemoryAccessStore store =
      new InMemoryAccessStore(new ManualTime(NOW), new InMemoryAlertStore());

  private Invitation invite(Duration validity) {
    return Invitation.create(store, ADMIN, validity, NOW);
  }

  @Test
  @DisplayName(
      "3: a token has 160 random bits, holds for an hour at most, and only its hash is kept")
  void keepsAHashOnly() throws Exception {
    var authority = TestAuthority.create("authority").certificate();
    store.putMachineAuthority(
        Certificates.toPem(List.of(authority)),
        AuditEntry.of(NOW, ADMIN, "machine_authority_made", "", ""));
    var invitation = invite(Invitation.LONGEST);
    var secret = invitation.token().secret();
    assertThat(secret).hasSize(40);
    assertThat(invite(Invitation.LONGEST).token().secret()).isNotEqualTo(secret);
    var kept = store.enrolmentTokens();
    assertThat(kept).extracting(token -> token.expiresAt()).containsOnly(NOW.plusSeconds(3_600));
    assertThat(kept).noneMatch(token -> token.secretHash().contains(secret));
    assertThat(kept).anyMatch(token -> invitation.token().isOf(token.secretHash()));
    assertThat(invitation.toString()).doesNotContain(secret);
    assertThat(store.audit().toString()).doesNotContain(secret).contains("192.0.2.1");
    assertThat(invitation.command("monitor.example:50051"))
        .isEqualTo(
            "COLLECTOR_ENROLMENT_TOKEN=%s ./sysmonstm collector --aggregator-url https://monitor.example:50051 --enrolment.ca-pin %s"
                .formatted(invitation.token().text(), CertificatePin.of(authority)));
    for (var validity : List.of(Duration.ZERO, Invitation.LONGEST.plusMillis(1))) {
      assertThatExceptionOfType(RequestException.class)
          .isThrownBy(() -> invite(validity))
          .withMessageContaining("at most one hour");
    }
  }

  @Test
  void saysWhatToDoWhereNoMachinesAreEnrolled() {
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> invite(Duration.ofMinutes(5)))
        .withMessageContaining("aggregator.enrolment.enabled");
  }

  @Test
  void tokensComeBackFromTheirTextAndNothingElseDoes() {
    var token = TokenText.create(TokenText.Kind.ENROLMENT);
    assertThat(TokenText.parse(TokenText.Kind.ENROLMENT, " " + token.text() + "\n"))
        .contains(token);
    assertThat(TokenText.parse(TokenText.Kind.MACHINE, token.text())).isEmpty();
    assertThat(TokenText.parse(TokenText.Kind.ENROLMENT, token.text() + "0")).isEmpty();
    assertThat(TokenText.parse(TokenText.Kind.ENROLMENT, "")).isEmpty();
  }

  @Test
  void pinsComeBackFromTheirText() throws Exception {
    var pin = CertificatePin.of(TestAuthority.create("authority").certificate());
    assertThat(CertificatePin.parse(pin.toString())).contains(pin);
    assertThat(CertificatePin.parse(pin.toString().toUpperCase(Locale.ROOT))).isEmpty();
    assertThat(CertificatePin.parse("sha256:abc")).isEmpty();
  }

  @Test
  @DisplayName("3: a request that Bouncy Castle reads, with the name and the key, signed by it")
  void makesRequestsThatOthersRead() throws Exception {
    var keys = CertificateRequest.newKeys();
    for (var name : List.of("m", "x".repeat(64), "x".repeat(200))) {
      var request = new PKCS10CertificationRequest(CertificateRequest.encode(name, keys));
      assertThat(request.getSubject()).hasToString("CN=" + name);
      assertThat(request.getSubjectPublicKeyInfo().getEncoded())
          .isEqualTo(keys.getPublic().getEncoded());
      assertThat(
              request.isSignatureValid(
                  new JcaContentVerifierProviderBuilder().build(keys.getPublic())))
          .isTrue();
    }
  }
}
