package io.sysmonstm.identity;

import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often an address may try: so many times, and one more for each share of a minute that has
 * passed. Remembers a bounded number of addresses, those that tried last. Thread-safe.
 */
final class AddressLimit {
  private static final int REMEMBERED = 10_000;

  // When the tries of an address will all be forgotten, on the monotonic clock.
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

  AddressLimit(int triesPerMinute, TimeSource time) {
    tries = triesPerMinute;
    nanosEach = Duration.ofMinutes(1).toNanos() / triesPerMinute;
    this.time = time;
  }

  synchronized boolean admits(String address) {
    long now = time.nanoTime();
    long before = forgottenAt.getOrDefault(address, now);
    long at = (before - now < 0 ? now : before) + nanosEach;
    if (at - now > tries * nanosEach) {
      return false;
    }
    forgottenAt.put(address, at);
    return true;
  }

  synchronized int remembered() {
    return forgottenAt.size();
  }
}
