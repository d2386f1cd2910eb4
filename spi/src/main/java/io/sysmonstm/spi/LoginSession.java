package io.sysmonstm.spi;

import java.time.Instant;

/**
 * A browser that is logged in. Immutable.
 *
 * @param secretHash the SHA-256 of its cookie, in hex; the cookie itself is nowhere kept
 * @param account whose it is
 * @param csrfToken what unsafe requests of it must repeat
 * @param createdAt when it began
 * @param lastSeen when it was last used
 * @param expiresAt when it ends at the latest
 * @param source the address it was begun from
 */
public record LoginSession(
    String secretHash,
    String account,
    String csrfToken,
    Instant createdAt,
    Instant lastSeen,
    Instant expiresAt,
    String source) {
  /** Leaves secrets out. */
  @Override
  public String toString() {
    return "LoginSession[" + account + " from " + source + "]";
  }
}
