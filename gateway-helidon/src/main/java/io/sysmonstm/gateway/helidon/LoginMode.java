package io.sysmonstm.gateway.helidon;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Who needs a login. Immutable. */
public enum LoginMode {
  /**
   * Nobody on this machine for as long as there is no account; else everybody. Who comes through a
   * proxy is not on this machine.
   */
  AUTO,
  /** Everybody. */
  REQUIRED,
  /** Nobody. */
  OFF;

  /**
   * {@return the mode of a text, empty where there is none}
   *
   * @param text such as {@code auto}
   */
  public static Optional<LoginMode> parse(String text) {
    return Stream.of(values()).filter(mode -> mode.text().equals(text)).findFirst();
  }

  /** {@return how it is written} */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
