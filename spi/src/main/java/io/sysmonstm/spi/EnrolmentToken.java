package io.sysmonstm.spi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
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
  /**
   * {@return whether it lets a machine in: not used, not expired, and of this secret, which is
   * compared in constant time}
   *
   * @param hash the hash of the secret that was shown
   * @param at when
   */
  public boolean opens(String hash, Instant at) {
    return usedAt.isEmpty()
        && at.isBefore(expiresAt)
        && MessageDigest.isEqual(hash.getBytes(UTF_8), secretHash.getBytes(UTF_8));
  }

  /** Leaves the hash out. */
  @Override
  public String toString() {
    return "EnrolmentToken[" + id + "]";
  }
}
