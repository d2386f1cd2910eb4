package io.sysmonstm.spi;

import io.sysmonstm.api.Names;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which names an account may have: none that the audit gives to somebody else, and none that looks
 * like another.
 */
public final class AccountNames {
  /** Who acts where nobody has to say who they are. */
  public static final String OPERATOR = "operator";

  /** Who tries something and has not proved who they are. */
  public static final String UNKNOWN = "(unknown)";

  /** What the name of a program begins with that acts by an API token. */
  public static final String TOKEN_PREFIX = "token:";

  private static final int LONGEST = 64;
  private static final Set<String> TAKEN =
      Set.of(
          OPERATOR,
          "somebody",
          "anybody",
          "unknown",
          "sysmonstm",
          "standalone",
          "aggregator",
          "gateway",
          "collector",
          "edge");
  private static final Set<String> TAKEN_BEGINNINGS =
      Set.of(TOKEN_PREFIX, "token ", "machine ", "command line", "(");
  private static final Pattern INVISIBLE = Pattern.compile("[\\p{C}\\p{Z}&&[^ ]]");
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  private AccountNames() {}

  /**
   * {@return why a text cannot be the name of a new account, empty where it can}
   *
   * @param name any text
   */
  public static Optional<String> problem(String name) {
    int length = name.codePointCount(0, name.length());
    if (length == 0 || length > LONGEST) {
      return Optional.of("the name has %d characters: expected 1 to %d".formatted(length, LONGEST));
    }
    if (INVISIBLE.matcher(name).find()
        || name.startsWith(" ")
        || name.endsWith(" ")
        || name.contains("  ")) {
      return Optional.of(
          "the name '%s' has blanks at its ends, two in a row, or characters that nobody sees: expected none, since it looks like another name then"
              .formatted(Names.shown(name)));
    }
    if (isTaken(name)) {
      return Optional.of(
          "the name '%s' is one that the audit has for programs and for whoever has no account: expected another"
              .formatted(Names.shown(name)));
    }
    return Optional.empty();
  }

  /**
   * {@return whether a name is not that of an account, but of somebody who needed none}
   *
   * @param name of who did something
   */
  public static boolean isStandIn(String name) {
    return name.equals(OPERATOR) || name.startsWith(TOKEN_PREFIX);
  }

  private static boolean isTaken(String name) {
    // As it looks: wide letters, and capitals, pass for the plain ones.
    var plain =
        BLANKS
            .matcher(Normalizer.normalize(name, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT))
            .replaceAll(" ")
            .strip();
    return TAKEN.contains(plain) || TAKEN_BEGINNINGS.stream().anyMatch(plain::startsWith);
  }
}
