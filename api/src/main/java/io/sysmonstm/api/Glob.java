package io.sysmonstm.api;

/**
 * A pattern in which {@code *} is any text, {@code ?} any one character, and all else itself; as in
 * rules and subscriptions. Immutable.
 */
public final class Glob {
  private final String pattern;
  private final boolean literal;

  private Glob(String pattern) {
    this.pattern = pattern;
    this.literal = pattern.indexOf('*') < 0 && pattern.indexOf('?') < 0;
  }

  /**
   * {@return a pattern}
   *
   * @param pattern any text
   */
  public static Glob of(String pattern) {
    return new Glob(pattern);
  }

  /** {@return whether only one text matches, the pattern itself} */
  public boolean isLiteral() {
    return literal;
  }

  /** {@return the pattern as it is written} */
  public String pattern() {
    return pattern;
  }

  /**
   * {@return whether a text matches} Takes time proportional to the product of both lengths at the
   * most.
   *
   * @param text any text
   */
  public boolean matches(String text) {
    if (literal) {
      return pattern.equals(text);
    }
    int p = 0;
    int t = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = t;
      } else if (p < pattern.length() && isOne(pattern.charAt(p), text.charAt(t))) {
        p++;
        t++;
      } else if (star >= 0) {
        // The last star takes one character more, and the rest is tried again from there.
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  private static boolean isOne(char wanted, char found) {
    return wanted == '?' || wanted == found;
  }
}
