package io.sysmonstm.spi;

import java.util.Optional;

/**
 * Whether a provider can work on this machine. Immutable.
 *
 * @param problem why not, and what would help; empty where it can
 */
public record Availability(Optional<String> problem) {
  private static final Availability AVAILABLE = new Availability(Optional.empty());

  /** {@return that it can work} */
  public static Availability available() {
    return AVAILABLE;
  }

  /**
   * {@return that it cannot work}
   *
   * @param problem why not, and what would help
   */
  public static Availability unavailable(String problem) {
    return new Availability(Optional.of(problem));
  }
}
