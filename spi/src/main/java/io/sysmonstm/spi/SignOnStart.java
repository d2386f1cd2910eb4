package io.sysmonstm.spi;

import java.net.URI;
import java.util.regex.Pattern;

/**
 * A login that began at another service. Immutable.
 *
 * @param address where the browser goes now
 * @param kept what it has to bring back, a secret between it and the gateway: 1 to 1,024 of {@code
 *     A-Z a-z 0-9 . _ ~ -}
 */
public record SignOnStart(URI address, String kept) {
  private static final Pattern KEPT = Pattern.compile("[A-Za-z0-9._~-]{1,1024}");

  /** Checks that a cookie can hold what is kept. */
  public SignOnStart {
    if (!KEPT.matcher(kept).matches()) {
      throw new IllegalArgumentException(
          "kept has %d characters: expected 1 to 1,024 of A-Z a-z 0-9 . _ ~ -"
              .formatted(kept.length()));
    }
  }

  /** Leaves out what is kept, and the address, which has a part of it. */
  @Override
  public String toString() {
    return "SignOnStart[" + address.getHost() + "]";
  }
}
