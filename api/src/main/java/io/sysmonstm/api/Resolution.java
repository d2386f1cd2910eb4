package io.sysmonstm.api;

import java.time.Duration;

/** A tier of history. */
public enum Resolution {
  /** Samples as they were collected. */
  RAW("raw", Duration.ZERO),
  /** Rollups of one minute. */
  MINUTE("1m", Duration.ofMinutes(1)),
  /** Rollups of one hour. */
  HOUR("1h", Duration.ofHours(1));

  private final String text;
  private final Duration bucket;

  Resolution(String text, Duration bucket) {
    this.text = text;
    this.bucket = bucket;
  }

  /** {@return {@code raw}, {@code 1m} or {@code 1h}} */
  public String text() {
    return text;
  }

  /** {@return the width of a rollup, zero for raw samples} */
  public Duration bucket() {
    return bucket;
  }
}
