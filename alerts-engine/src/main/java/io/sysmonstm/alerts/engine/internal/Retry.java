package io.sysmonstm.alerts.engine.internal;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How something that failed is tried again: after delays that double, with jitter.
 *
 * @param first the delay after the first failure
 * @param longest the longest delay
 * @param attempts how often it is tried in all
 */
public record Retry(Duration first, Duration longest, int attempts) {
  /**
   * {@return how long to wait, half to all of the delay, so that many do not come back at the same
   * moment}
   *
   * @param failures how often it has failed, 1 or more
   */
  Duration delay(int failures) {
    long nanos = first.toNanos();
    for (int i = 1; i < failures && nanos < longest.toNanos(); i++) {
      nanos *= 2;
    }
    long capped = Math.min(nanos, longest.toNanos());
    return Duration.ofNanos(capped / 2 + ThreadLocalRandom.current().nextLong(capped / 2 + 1));
  }
}
