package io.sysmonstm.store.timescale;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A script that brings the schema one step further. Once released it is never changed.
 *
 * @param name its name, the same for ever
 * @param sql its statements
 */
record Migration(String name, String sql) {
  /** Returns the script of a name beside this class. */
  static Migration of(String name) {
    try (var script = Migration.class.getResourceAsStream(name + ".sql")) {
      if (script == null) {
        throw new IllegalStateException("no script " + name);
      }
      return new Migration(name, new String(script.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what tells it from a changed one. */
  String checksum() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(sql.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
