package io.sysmonstm.api;

import java.util.Locale;

/** How bad an alert is, rising. */
public enum Severity {
  /** Good to know. */
  INFO,
  /** Look at it today. */
  WARNING,
  /** Look at it now. */
  CRITICAL;

  /** {@return the lower-case name, as in rules and JSON} */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
