package io.sysmonstm.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A token as people and machines carry it: {@code <kind>_<id>_<secret>}. The id is public and finds
 * what is kept of it; of the secret, of 160 random bits, only a hash is kept. Immutable.
 *
 * @param kind what it is good for
 * @param id 16 digits in hex
 * @param secret 40 digits in hex
 */
public record TokenText(Kind kind, String id, String secret) {
  /** What a token is good for. */
  public enum Kind {
    /** Lets one new machine in, once. */
    ENROLMENT("smt1"),
    /** Proves who a machine is, as often as it is sent. */
    MACHINE("smm1");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }
  }

  private static final Pattern FORM = Pattern.compile("_([0-9a-f]{16})_([0-9a-f]{40})");

  /**
   * {@return a new token}
   *
   * @param kind what it is to be good for
   */
  public static TokenText create(Kind kind) {
    return new TokenText(kind, Secrets.random(8), Secrets.random(20));
  }

  /**
   * {@return the token that a text means, empty where it means none of the kind}
   *
   * @param kind what it has to be good for
   * @param text of any length and content
   */
  public static Optional<TokenText> parse(Kind kind, String text) {
    var stripped = text.strip();
    if (!stripped.startsWith(kind.prefix)) {
      return Optional.empty();
    }
    var matcher = FORM.matcher(stripped.substring(kind.prefix.length()));
    return matcher.matches()
        ? Optional.of(new TokenText(kind, matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  /** {@return the whole text: a secret} */
  public String text() {
    return kind.prefix + "_" + id + "_" + secret;
  }

  /** {@return what may be kept of the secret: its SHA-256 in hex} */
  public String secretHash() {
    return Secrets.hash(secret);
  }

  /**
   * {@return whether it is the token of a hash} Takes the same time for each.
   *
   * @param hash a {@link #secretHash}
   */
  public boolean isOf(String hash) {
    return MessageDigest.isEqual(secretHash().getBytes(UTF_8), hash.getBytes(UTF_8));
  }

  /** Leaves the secret out. */
  @Override
  public String toString() {
    return kind.prefix + "_" + id;
  }
}
