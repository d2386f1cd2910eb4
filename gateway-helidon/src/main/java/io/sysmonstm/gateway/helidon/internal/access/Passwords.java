package io.sysmonstm.gateway.helidon.internal.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.SysmonstmException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Hashes passwords by Argon2id, with the costs that OWASP asks for, and few at a time: each takes
 * 19 MiB and a core for as long as it lasts. Thread-safe.
 */
final class Passwords {
  static final int SHORTEST = 12;
  static final int LONGEST = 1024;

  private static final int MEMORY_KIB = 19_456;
  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int MOST_MEMORY_KIB = 1 << 18;
  private static final int MOST_PASSES = 16;
  private static final Duration QUEUE = Duration.ofSeconds(5);
  private static final Pattern FORM =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,172})");

  private final Turns turns;
  private final String nobodys;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Form(int memoryKib, int passes, int lanes, byte[] salt, byte[] hash) {}

  /** Creates a hasher that leaves half of the cores to others. */
  Passwords() {
    this(new Turns(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), QUEUE));
  }

  Passwords(Turns turns) {
    this.turns = turns;
    this.nobodys = hash(Secrets.random(SALT_BYTES));
  }

  /** {@return why a text cannot be the password of an account, empty where it can} */
  static Optional<String> problem(String password, String account) {
    int length = password.codePointCount(0, password.length());
    if (length < SHORTEST || password.length() > LONGEST) {
      return Optional.of(
          "the password has %d characters: expected %d to %d, of any kind"
              .formatted(length, SHORTEST, LONGEST));
    }
    return password.equalsIgnoreCase(account)
        ? Optional.of("the password is the name: expected another one")
        : Optional.empty();
  }

  /** {@return a new hash of a password, with its algorithm, costs and salt} */
  String hash(String password) {
    var salt = Secrets.randomBytes(SALT_BYTES);
    var form = new Form(MEMORY_KIB, PASSES, LANES, salt, new byte[HASH_BYTES]);
    var hash = argon2(password, form, false);
    var base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            MEMORY_KIB, PASSES, LANES, base64.encodeToString(salt), base64.encodeToString(hash));
  }

  /**
   * {@return whether a password is the one of a hash} Takes as long where there is no hash.
   *
   * @param password as it was typed
   * @param stored the hash of an account, empty where there is no such account
   * @param suspect whether who typed it was wrong lately
   * @throws SysmonstmException RESOURCE_EXHAUSTED where too many ask, as {@link Turns#take} does
   */
  boolean matches(String password, Optional<String> stored, boolean suspect) {
    var form = parse(stored.orElse(nobodys)).or(() -> parse(nobodys)).orElseThrow();
    boolean same = MessageDigest.isEqual(argon2(password, form, suspect), form.hash);
    return same && stored.flatMap(Passwords::parse).isPresent();
  }

  /** {@return whether a hash has lower costs than new ones} */
  static boolean isWeak(String stored) {
    return parse(stored)
        .map(
            form ->
                form.memoryKib < MEMORY_KIB
                    || form.passes < PASSES
                    || form.hash.length < HASH_BYTES
                    || form.salt.length < SALT_BYTES)
        .orElse(true);
  }

  private static Optional<Form> parse(String stored) {
    var matcher = FORM.matcher(stored);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      var base64 = Base64.getDecoder();
      var form =
          new Form(
              Integer.parseInt(matcher.group(1)),
              Integer.parseInt(matcher.group(2)),
              Integer.parseInt(matcher.group(3)),
              base64.decode(matcher.group(4)),
              base64.decode(matcher.group(5)));
      boolean sound =
          form.memoryKib >= 8 * form.lanes
              && form.memoryKib <= MOST_MEMORY_KIB
              && form.passes >= 1
              && form.passes <= MOST_PASSES
              && form.lanes >= 1;
      return sound ? Optional.of(form) : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  private byte[] argon2(String password, Form form, boolean suspect) {
    // The same password, typed on another keyboard, may come in another form of Unicode.
    var text = Normalizer.normalize(password, Normalizer.Form.NFC).getBytes(UTF_8);
    try (var _ = turns.take(suspect)) {
      var generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(form.memoryKib)
              .withIterations(form.passes)
              .withParallelism(form.lanes)
              .withSalt(form.salt)
              .build());
      var hash = new byte[form.hash.length];
      generator.generateBytes(text, hash);
      return hash;
    }
  }
}
