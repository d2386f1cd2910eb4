package io.sysmonstm.spi;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A token by which a program calls the API. Immutable.
 *
 * @param id public, and part of the token, so that people can tell which one they hold
 * @param secretHash the SHA-256 of the secret part, in hex; the secret itself is nowhere kept
 * @param name what it is for
 * @param scopes what it may do
 * @param createdBy the account that made it, or whose token did; a stand-in where nobody had to log
 *     in
 * @param createdAt when
 * @param expiresAt until when it holds; empty for ever
 * @param revokedAt since when it holds no more
 */
public record ApiToken(
    String id,
    String secretHash,
    String name,
    Set<Scope> scopes,
    String createdBy,
    Instant createdAt,
    Optional<Instant> expiresAt,
    Optional<Instant> revokedAt) {
  /** What a token may do. */
  public enum Scope {
    /** Reads everything but accounts, tokens and the audit. */
    READ,
    /** Does what an admin does. */
    ADMIN,
    /** Makes enrolment tokens, and nothing else. */
    ENROL
  }

  /** Copies the scopes. */
  public ApiToken {
    scopes = Set.copyOf(scopes);
  }

  /**
   * {@return whether it holds at a time}
   *
   * @param time when
   */
  public boolean holdsAt(Instant time) {
    return revokedAt.isEmpty() && expiresAt.filter(end -> !time.isBefore(end)).isEmpty();
  }

  /**
   * {@return whether it may do nothing that an account may not}
   *
   * @param role of the account
   */
  public boolean isWithin(Account.Role role) {
    return switch (role) {
      case ADMIN -> true;
      case VIEWER -> Set.of(Scope.READ).containsAll(scopes);
    };
  }

  /** Leaves the hash out. */
  @Override
  public String toString() {
    return "ApiToken[" + id + ", " + name + ", " + scopes + "]";
  }
}
