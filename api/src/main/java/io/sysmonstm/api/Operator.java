package io.sysmonstm.api;

import java.util.Locale;

/** How a sample is compared with a threshold. */
public enum Operator {
  /** Greater than. */
  GT,
  /** Greater than or equal. */
  GTE,
  /** Less than. */
  LT,
  /** Less than or equal. */
  LTE,
  /** Equal. */
  EQ,
  /** Not equal. */
  NE;

  /**
   * {@return whether the comparison holds}
   *
   * @param value the sample's value
   * @param threshold what it is compared with
   */
  public boolean test(double value, double threshold) {
    return switch (this) {
      case GT -> value > threshold;
      case GTE -> value >= threshold;
      case LT -> value < threshold;
      case LTE -> value <= threshold;
      case EQ -> value == threshold;
      case NE -> value != threshold;
    };
  }

  /** {@return the lower-case name, as in rules} */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
