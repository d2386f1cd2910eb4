package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The code by which whoever reads the log makes the first account. Kept in memory alone, and only
 * as its hash. Thread-safe.
 */
final class SetupCode {
  static final Duration LIFE = Duration.ofHours(1);

  // Without letters and digits that look alike.
  private static final String ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int GROUPS = 5;
  private static final int GROUP = 5;

  private final TimeSource time;
  private @Nullable String hash;
  private long madeAt;

  SetupCode(TimeSource time) {
    this.time = time;
  }

  /** {@return a new code, empty where one was made already} */
  synchronized Optional<String> make() {
    if (hash != null) {
      return Optional.empty();
    }
    var code = new StringBuilder();
    int most = 256 / ALPHABET.length() * ALPHABET.length();
    for (int letters = 0; letters < GROUPS * GROUP; ) {
      int random = Secrets.randomBytes(1)[0] & 0xff;
      if (random < most) {
        code.append(letters > 0 && letters % GROUP == 0 ? "-" : "");
        code.append(ALPHABET.charAt(random % ALPHABET.length()));
        letters++;
      }
    }
    hash = Secrets.hash(plain(code.toString()));
    madeAt = time.nanoTime();
    return Optional.of(code.toString());
  }

  /** {@return whether a text is the code, and it holds still} */
  synchronized boolean matches(String text) {
    return hash != null
        && time.nanoTime() - madeAt < LIFE.toNanos()
        && Secrets.same(hash, Secrets.hash(plain(text)));
  }

  private static String plain(String code) {
    return code.replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT);
  }
}
