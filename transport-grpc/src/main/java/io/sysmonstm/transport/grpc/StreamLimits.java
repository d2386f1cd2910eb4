package io.sysmonstm.transport.grpc;

import java.time.Duration;

/**
 * What one stream may do, and for how long.
 *
 * @param helloTimeout from the stream's beginning to its hello
 * @param answerTimeout from the half-close to the last acknowledgement
 * @param mergeAge how long single metrics wait for others of their time
 * @param mergeSamples the most metrics that are merged
 * @param machines the most machines in one stream of single metrics
 * @param age after which the client of a native stream is asked to connect again
 */
record StreamLimits(
    Duration helloTimeout,
    Duration answerTimeout,
    Duration mergeAge,
    int mergeSamples,
    int machines,
    Duration age) {
  static final StreamLimits USUAL =
      new StreamLimits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofMillis(200),
          500,
          1_000,
          Duration.ofDays(1));

  /** {@return the same with another age} */
  StreamLimits withAge(Duration value) {
    return new StreamLimits(helloTimeout, answerTimeout, mergeAge, mergeSamples, machines, value);
  }
}
