package io.sysmonstm.store.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The keys: a set of all machines, and a hash for each. The machine stands in braces, so that a
 * cluster keeps whatever a machine may ever have in one slot.
 */
final class StateKeys {
  /** The ids of all machines ever seen. */
  static final String MACHINES = "sysmonstm:machines";

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private StateKeys() {}

  /** {@return the key of a machine's state; an id that could mean another key is hashed} */
  static String machine(String machineId) {
    return "sysmonstm:machine:{"
        + (PLAIN.matcher(machineId).matches() ? machineId : "#" + hash(machineId))
        + "}";
  }

  private static String hash(String text) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
