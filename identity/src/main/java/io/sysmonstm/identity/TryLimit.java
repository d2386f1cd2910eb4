package io.sysmonstm.identity;

import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often somebody may try: so many times, and once more for each time that has passed since.
 * Remembers a bounded number of them, those that tried last. Thread-safe.
 */
final class TryLimit {
  private static final int REMEMBERED = 10_000;

  // When the tries of one will all be forgotten, on the monotonic clock.
  private final Map<String, Long> forgottenAt =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  private final int tries;
  private final long nanosEach;
  private final TimeSource time;

  /** Creates one of so many tries a minute. */
  TryLimit(int triesPerMinute, TimeSource time) {
    this(triesPerMinute, Duration.ofMinutes(1).dividedBy(triesPerMinute), time);
  }

  /** Creates one of so many tries at once, and one more each time that this has passed. */
  TryLimit(int tries, Duration each, TimeSource time) {
    this.tries = tries;
    this.nanosEach = each.toNanos();
    this.time = time;
  }

  synchronized boolean admits(String who) {
    long now = time.nanoTime();
    long before = forgottenAt.getOrDefault(who, now);
    long at = (before - now < 0 ? now : before) + nanosEach;
    if (at - now > tries * nanosEach) {
      return false;
    }
    forgottenAt.put(who, at);
    return true;
  }

  synchronized int remembered() {
    return forgottenAt.size();
  }
}
