package io.sysmonstm.api;

import java.util.Locale;

/** Where an alert is in its life. */
public enum AlertState {
  /** The condition holds, but not yet for as long as the rule asks. */
  PENDING,
  /** The condition has held long enough; people were told. */
  FIRING,
  /** Over. */
  RESOLVED;

  /** {@return the lower-case name, as in JSON} */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
