package io.sysmonstm.spi;

import java.time.Instant;
import java.util.Optional;

/**
 * Lets one new machine in, once. Immutable.
 *
 * @param id public, and part of the token
 * @param secretHash the SHA-256 of the secret part, in hex; the secret itself is nowhere kept
 * @param createdBy who made it
 * @param createdAt when
 * @param expiresAt until when it holds, an hour at the most
 * @param usedAt when a machine came in by it
 * @param usedBy that machine's id
 */
public record EnrolmentToken(
    String id,
    String secretHash,
    String createdBy,
    Instant createdAt,
    Instant expiresAt,
    Optional<Instant> usedAt,
    Optional<String> usedBy) {
  /** Leaves the hash out. */
  @Override
  public String toString() {
    return "EnrolmentToken[" + id + "]";
  }
}
