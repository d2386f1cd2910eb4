package io.sysmonstm.web.helidon.internal.net;

import java.time.Duration;

/**
 * How long the server is patient with its clients.
 *
 * @param stalled a write that makes no progress for this long ends the connection
 * @param frame a viewer must have taken a frame within this time, and what {@link
 *     #LEAST_BYTES_PER_SECOND} add to it for its length
 * @param answer all answers of a connection together may wait this long for a client to take them,
 *     and what {@link #LEAST_BYTES_PER_SECOND} add to it for their length
 * @param ping how often a viewer is pinged
 * @param request from its first byte, the head of a request must have come within this time; its
 *     body too
 * @param goodbye how long a connection that is being closed is waited for
 * @param tick how often all of this is looked at
 */
public record Timing(
    Duration stalled,
    Duration frame,
    Duration answer,
    Duration ping,
    Duration request,
    Duration goodbye,
    Duration tick) {
  /** The rate that a client which takes much has to keep up. */
  public static final int LEAST_BYTES_PER_SECOND = 32_768;

  /** The usual times. */
  public static final Timing DEFAULT =
      new Timing(
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1));

  /**
   * {@return the same with other pings and rounds}
   *
   * @param every how often to ping
   * @param look how often all is looked at
   */
  public Timing with(Duration every, Duration look) {
    return new Timing(stalled, frame, answer, every, request, goodbye, look);
  }

  /** {@return how many nanoseconds a client may take for so many bytes, beside a span} */
  static long nanosFor(Duration span, long bytes) {
    return span.toNanos() + bytes * 1_000_000_000L / LEAST_BYTES_PER_SECOND;
  }
}
