package io.sysmonstm.web.helidon.internal.net;

import java.time.Duration;

/**
 * How long the server is patient with its clients.
 *
 * @param stalled a write to a viewer that makes no progress for this long ends the connection
 * @param ping how often a viewer is pinged
 * @param request from its first byte, the head of a request must have come within this time; its
 *     body too
 * @param goodbye how long a connection that is being closed is waited for
 * @param tick how often all of this is looked at
 */
public record Timing(
    Duration stalled, Duration ping, Duration request, Duration goodbye, Duration tick) {
  /** The usual times. */
  public static final Timing DEFAULT =
      new Timing(
          Duration.ofSeconds(15),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1));
}
