package io.sysmonstm.identity;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.MachineAccess.Enrolled;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.spi.MachineIdentity;
import io.sysmonstm.spi.Networks;
import io.sysmonstm.spi.RateLimit;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.tls.TokenText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a machine comes by its certificate: by a one-time token, or by the certificate before. What
 * comes of it is in the audit. Thread-safe.
 */
final class MachineEnrolment {
  private static final EventLog LOG = EventLog.of(MachineAuthority.class);
  private static final int TRIES_AT_ONCE = 10;
  private static final Duration TRY_PAUSE = Duration.ofSeconds(6);
  // Each one leaves a credential that holds for the whole of its life.
  private static final int RENEWALS_AT_ONCE = 10;
  private static final Duration RENEWAL_PAUSE = Duration.ofHours(1);

  private final AccessStore store;
  private final CertificateAuthority authority;
  private final KnownCredentials known;
  private final AuditNotes notes;
  private final Duration validity;
  private final TimeSource time;
  private final SelfMetrics metrics;
  private final RateLimit tries;
  private final RateLimit renewals;

  MachineEnrolment(
      AccessStore store,
      CertificateAuthority authority,
      KnownCredentials known,
      AuditNotes notes,
      Duration validity,
      TimeSource time,
      SelfMetrics metrics) {
    this.store = store;
    this.authority = authority;
    this.known = known;
    this.notes = notes;
    this.validity = validity;
    this.time = time;
    this.metrics = metrics;
    tries = new RateLimit(TRIES_AT_ONCE, TRY_PAUSE, time);
    renewals = new RateLimit(RENEWALS_AT_ONCE, RENEWAL_PAUSE, time);
  }

  Enrolled enrol(String token, byte[] request, String source) {
    if (tries.take(Networks.of(source)).isPresent()) {
      count("too_many_tries");
      throw new RequestException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "this address has tried to enrol %d times in a minute: try again in a minute"
              .formatted(TRIES_AT_ONCE));
    }
    var parsed =
        TokenText.parse(TokenText.Kind.ENROLMENT, token)
            .orElseThrow(() -> refuse(Optional.empty(), source));
    var checked = MachineRequests.check(request);
    var issued = issue(checked);
    var actor = new Actor("token " + parsed.id(), source);
    if (!store.redeem(
        parsed.id(),
        parsed.secretHash(),
        issued.credential,
        entry(actor, "machine_enrolled", issued.credential))) {
      throw refuse(Optional.of(parsed.id()), source);
    }
    known.add(issued.credential);
    count("enrolled");
    LOG.info(
        "machine_enrolled", "Let a new machine in", "machine", checked.machineId(), "from", source);
    return issued.enrolled;
  }

  private RequestException refuse(Optional<String> tokenId, String source) {
    count("refused");
    notes.add(
        AuditEntry.of(
            time.instant(),
            new Actor(tokenId.map("token "::concat).orElse("unknown"), source),
            "enrolment_refused",
            tokenId.orElse(""),
            ""));
    return new RequestException(
        ErrorCode.UNAUTHENTICATED,
        "the enrolment token is unknown, used or expired: make a new one with 'sysmonstm token"
            + " create'");
  }

  Enrolled renew(MachineIdentity identity, byte[] request, String source) {
    // By machine, and not by address: many of them may be behind one, and strangers too.
    if (renewals.take(identity.machineId()).isPresent()) {
      throw new RequestException(
          ErrorCode.RESOURCE_EXHAUSTED, "this machine renews too often: try again in an hour");
    }
    var checked = MachineRequests.check(request);
    if (!checked.machineId().equals(identity.machineId())) {
      refused(identity, checked.machineId(), source);
      throw new RequestException(
          ErrorCode.PERMISSION_DENIED,
          "the credential is that of %s: expected a request for it"
              .formatted(identity.machineId()));
    }
    var issued = issue(checked);
    var actor = new Actor("machine " + identity.machineId(), source);
    if (!store.renew(
        identity.credentialId(),
        issued.credential,
        entry(actor, "machine_renewed", issued.credential))) {
      throw new RequestException(
          ErrorCode.UNAUTHENTICATED, "the credential of this machine holds no more");
    }
    known.add(issued.credential);
    count("renewed");
    return issued.enrolled;
  }

  private record Issued(MachineCredential credential, Enrolled enrolled) {}

  private Issued issue(MachineRequests.Checked checked) {
    var now = time.instant();
    var certificate = authority.machine(checked.machineId(), checked.key(), now, validity);
    var credential =
        new MachineCredential(
            KnownCredentials.serial(certificate),
            checked.machineId(),
            MachineCredential.Kind.CERTIFICATE,
            CertificateHash.of(certificate),
            now,
            certificate.getNotAfter().toInstant(),
            Optional.empty());
    return new Issued(
        credential,
        new Enrolled(
            checked.machineId(),
            List.of(certificate, authority.trusted().getFirst()),
            authority.trusted()));
  }

  private AuditEntry entry(Actor actor, String action, MachineCredential credential) {
    return AuditEntry.of(
        time.instant(),
        actor,
        action,
        credential.machineId(),
        "certificate %s until %s".formatted(credential.id(), credential.expiresAt()));
  }

  void refused(MachineIdentity identity, String named, String source) {
    metrics
        .counter(
            "machine_identities_refused_total",
            "Streams that named another machine than their credential.")
        .increment();
    notes.add(
        AuditEntry.of(
            time.instant(),
            new Actor("machine " + identity.machineId(), source),
            "identity_refused",
            Names.shown(named),
            "credential " + identity.credentialId()));
  }

  private void count(String outcome) {
    metrics
        .counter(
            "machine_enrolments_total",
            "Machines that asked for a certificate, by what became of it.",
            Labels.of("outcome", outcome))
        .increment();
  }
}
