package io.sysmonstm.tls;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.EnrolmentToken;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A one-time token, and what else a new machine needs to come in. Immutable.
 *
 * @param token the token: a secret, which is nowhere kept and can be told this once
 * @param pin the authority that it has to find at the aggregator
 * @param expiresAt until when the token holds
 */
public record Invitation(TokenText token, CertificatePin pin, Instant expiresAt) {
  /** The longest time that a token holds, which is the usual one too. */
  public static final Duration LONGEST = Duration.ofHours(1);

  /**
   * Makes a token and keeps its hash. Blocks, with the store's deadline.
   *
   * @param store where it is kept
   * @param actor who invites
   * @param validity how long it holds, more than nothing and at most {@link #LONGEST}
   * @param now the time
   * @return the invitation
   * @throws RequestException INVALID_ARGUMENT for another validity, FAILED_PRECONDITION where no
   *     aggregator has an authority for machines yet
   */
  public static Invitation create(AccessStore store, Actor actor, Duration validity, Instant now) {
    if (!validity.isPositive() || validity.compareTo(LONGEST) > 0) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "the token would hold for %s: expected more than nothing and at most one hour"
              .formatted(validity));
    }
    var pin =
        store
            .machineAuthority()
            .map(pem -> CertificatePin.of(Certificates.parse(pem).getFirst()))
            .orElseThrow(
                () ->
                    new RequestException(
                        ErrorCode.FAILED_PRECONDITION,
                        "no aggregator enrols machines yet: set aggregator.enrolment.enabled to"
                            + " true and start it once"));
    var token = TokenText.create(TokenText.Kind.ENROLMENT);
    var expiresAt = now.plus(validity);
    store.addEnrolmentToken(
        new EnrolmentToken(
            token.id(),
            token.secretHash(),
            actor.name(),
            now,
            expiresAt,
            Optional.empty(),
            Optional.empty()),
        AuditEntry.of(now, actor, "enrolment_token_created", token.id(), "until " + expiresAt));
    return new Invitation(token, pin, expiresAt);
  }

  /**
   * {@return the one command that a new machine needs; the token is in its environment, where other
   * users do not see it}
   *
   * @param aggregator {@code host:port}, as the new machine reaches it
   */
  public String command(String aggregator) {
    return "COLLECTOR_ENROLMENT_TOKEN=%s ./sysmonstm collector --aggregator-url https://%s --enrolment.ca-pin %s"
        .formatted(token.text(), aggregator, pin);
  }
}
