package io.sysmonstm.gateway.helidon.internal.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Random secrets and their hashes. They have 128 bits and more, so that a plain hash is enough. */
final class Secrets {
  static final int SESSION_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final HexFormat HEX = HexFormat.of();

  private Secrets() {}

  /** {@return so many random bytes in hex} */
  static String random(int bytes) {
    return HEX.formatHex(randomBytes(bytes));
  }

  static byte[] randomBytes(int bytes) {
    var secret = new byte[bytes];
    RANDOM.nextBytes(secret);
    return secret;
  }

  /** {@return the SHA-256 of a secret in hex} */
  static String hash(String secret) {
    try {
      return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** {@return whether two texts are the same, in a time that does not tell where they differ} */
  static boolean same(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }
}
