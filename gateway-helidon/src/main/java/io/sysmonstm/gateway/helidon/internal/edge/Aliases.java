package io.sysmonstm.gateway.helidon.internal.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names for names that stay in the house: the same for the same name for as long as the key is the
 * same, and of no use for finding the name without the key. Thread-safe.
 */
public final class Aliases {
  private static final String ALGORITHM = "HmacSHA256";
  // Of a few thousand names, two are alike once in a million fleets.
  private static final int BYTES = 6;

  private final SecretKeySpec key;

  /**
   * Creates aliases.
   *
   * @param key 1 byte or more, 32 random ones at the best
   */
  public Aliases(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /**
   * {@return an alias such as {@code host-0a1b2c3d4e5f}}
   *
   * @param kind of what, which is told
   * @param name of what, which is not
   */
  public String of(String kind, String name) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(kind.getBytes(UTF_8));
      mac.update((byte) 0);
      var hash = mac.doFinal(name.getBytes(UTF_8));
      return kind + "-" + HexFormat.of().formatHex(hash, 0, BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
