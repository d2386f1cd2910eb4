package io.sysmonstm.spi;

import java.time.Instant;
import java.util.Optional;

/**
 * Somebody who may log in. Immutable.
 *
 * @param name 1 to 64 characters, compared exactly
 * @param role what they may do
 * @param passwordHash with its algorithm, salt and costs; empty where they log in elsewhere
 * @param subject who they are at an OpenID provider: its issuer, a blank, and their subject
 * @param createdAt when
 */
public record Account(
    String name,
    Role role,
    Optional<String> passwordHash,
    Optional<String> subject,
    Instant createdAt) {
  /** What somebody may do. */
  public enum Role {
    /** Sees everything and changes nothing. */
    VIEWER,
    /** May do everything. */
    ADMIN
  }

  /**
   * {@return whether a session of the other may go on with this: role, password and subject are the
   * same}
   *
   * @param other the account as it was
   */
  public boolean keepsSessionsOf(Account other) {
    return role == other.role
        && passwordHash.equals(other.passwordHash)
        && subject.equals(other.subject);
  }

  /** Leaves the hash out: what is logged by mistake must not hold it. */
  @Override
  public String toString() {
    return "Account[" + name + ", " + role + "]";
  }
}
