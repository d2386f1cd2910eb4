package io.sysmonstm.aggregator.core;

import java.time.Duration;

/**
 * The bounds that an aggregator works within.
 *
 * @param batchMaxSamples write to history when as many wait
 * @param batchMaxAge or when the first has waited as long
 * @param inFlightBytes the most memory for what history does not have yet
 * @param volatileAfter tell a sender after as long that history does not have its batch yet
 * @param retryAfter when a batch that left memory may be sent again
 * @param retryEvery how often a failing history is tried
 * @param rawRetention the greatest age of a sample
 * @param maxAhead how far a sample may be in the future
 * @param closeGrace how long closing waits for history
 */
record Limits(
    int batchMaxSamples,
    Duration batchMaxAge,
    long inFlightBytes,
    Duration volatileAfter,
    Duration retryAfter,
    Duration retryEvery,
    Duration rawRetention,
    Duration maxAhead,
    Duration closeGrace) {
  static final Limits DEFAULT =
      new Limits(
          5000,
          Duration.ofMillis(200),
          64L << 20,
          Duration.ofSeconds(4),
          Duration.ofSeconds(15),
          Duration.ofSeconds(1),
          Duration.ofDays(2),
          Duration.ofMinutes(10),
          Duration.ofSeconds(5));

  /**
   * {@return streams are told to wait from here, so that what they have sent already still fits}
   */
  long pauseBytes() {
    return inFlightBytes / 4 * 3;
  }

  long resumeBytes() {
    return inFlightBytes / 2;
  }

  /**
   * {@return the most of it that one machine may use, so that none takes the room of the others}
   */
  long machineBytes() {
    return Math.min(inFlightBytes / 2, 1L << 20);
  }
}
