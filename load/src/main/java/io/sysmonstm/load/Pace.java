package io.sysmonstm.load;

import java.time.Duration;

/**
 * When a machine makes its next batch.
 *
 * @param interval the time between two batches; zero for as fast as the server takes them
 * @param window how many batches may wait for their acknowledgement before no more are made
 */
public record Pace(Duration interval, int window) {
  /** Returns the pace of a machine that is read every interval and keeps what is not durable. */
  public static Pace every(Duration interval) {
    return new Pace(interval, 100_000);
  }

  /** Returns the pace of a machine that never rests. */
  public static Pace flatOut(int window) {
    return new Pace(Duration.ZERO, window);
  }
}
