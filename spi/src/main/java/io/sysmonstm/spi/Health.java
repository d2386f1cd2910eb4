package io.sysmonstm.spi;

import java.util.Optional;

/**
 * Whether a part works. Immutable.
 *
 * @param problem what does not work, fit for people; empty where all does
 */
public record Health(Optional<String> problem) {
  private static final Health OK = new Health(Optional.empty());

  /** {@return that all works} */
  public static Health ok() {
    return OK;
  }

  /**
   * {@return that something does not work}
   *
   * @param problem what, without addresses or secrets
   */
  public static Health failing(String problem) {
    return new Health(Optional.of(problem));
  }

  /** {@return whether all works} */
  public boolean isOk() {
    return problem.isEmpty();
  }
}
