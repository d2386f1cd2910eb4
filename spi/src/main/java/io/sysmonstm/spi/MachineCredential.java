package io.sysmonstm.spi;

import java.time.Instant;
import java.util.Optional;

/**
 * By what a machine proves who it is. Immutable.
 *
 * @param id of a certificate its serial number in hex, of a token its public part
 * @param machineId the only machine it may speak for
 * @param kind what it is
 * @param secretHash of a token the SHA-256 of its secret part in hex, of a certificate that of its
 *     whole encoding
 * @param issuedAt when
 * @param expiresAt until when it holds
 * @param revokedAt since when it holds no more
 */
public record MachineCredential(
    String id,
    String machineId,
    Kind kind,
    String secretHash,
    Instant issuedAt,
    Instant expiresAt,
    Optional<Instant> revokedAt) {
  /** What it is. */
  public enum Kind {
    /** A certificate for a client of mutual TLS. */
    CERTIFICATE,
    /** A bearer token, sent over TLS. */
    TOKEN
  }

  /**
   * {@return whether another may follow it: it holds when that is issued, and is of the same
   * machine}
   *
   * @param next the other
   */
  public boolean mayBeFollowedBy(MachineCredential next) {
    return revokedAt.isEmpty()
        && machineId.equals(next.machineId)
        && next.issuedAt.isBefore(expiresAt);
  }

  /** Leaves the hash out. */
  @Override
  public String toString() {
    return "MachineCredential[" + id + " of " + machineId + "]";
  }
}
