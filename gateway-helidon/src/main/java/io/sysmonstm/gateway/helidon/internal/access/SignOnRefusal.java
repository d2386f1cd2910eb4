package io.sysmonstm.gateway.helidon.internal.access;

import java.util.Locale;

/** Why somebody does not come in by single sign-on; the page has a text for each. */
public enum SignOnRefusal {
  /** The login did not begin in this browser, or too long ago. */
  EXPIRED,
  /** They, or the provider, said no. */
  DENIED,
  /** The provider does not vouch for them. */
  REFUSED,
  /** They have no role here, or none any more. */
  NO_ROLE,
  /** Another account has their name. */
  NAME_TAKEN,
  /** No admin would be left, or there is none yet. */
  NO_ADMIN,
  /** The provider, or the store of accounts, is away. */
  UNAVAILABLE,
  /** Too many tries from their address. */
  TOO_MANY,
  /** Something else, which is for the administrator. */
  FAILED;

  /** {@return the word for it in an address} */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
