package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;

/**
 * How often each of many may do something: so many times at once, and one more after each pause.
 * Thread-safe.
 */
final class RateLimit {
  static final int MOST_KEYS = 100_000;

  // From when on all turns of a key are free again; each turn taken moves it by a pause.
  private final BoundedMap<Long> freeAt;
  private final int atOnce;
  private final long pauseNanos;
  private final TimeSource time;
  private final long origin;

  /**
   * Creates a limit.
   *
   * @param atOnce how many times one may do it without a pause
   * @param pause after which one may do it once more
   * @param time the clock
   */
  RateLimit(int atOnce, Duration pause, TimeSource time) {
    this(atOnce, pause, time, MOST_KEYS);
  }

  RateLimit(int atOnce, Duration pause, TimeSource time, int mostKeys) {
    this.atOnce = atOnce;
    this.pauseNanos = pause.toNanos();
    this.time = time;
    this.origin = time.nanoTime();
    this.freeAt = new BoundedMap<>(mostKeys);
  }

  /**
   * Takes a turn.
   *
   * @param key who
   * @return empty where there was one, else how long until there is
   */
  synchronized Optional<Duration> take(String key) {
    var wait = wait(key);
    if (wait.isEmpty()) {
      freeAt.put(key, busyUntil(key) + pauseNanos);
    }
    return wait;
  }

  /**
   * {@return empty where there is a turn, else how long until there is}
   *
   * @param key who
   */
  synchronized Optional<Duration> wait(String key) {
    long wait = busyUntil(key) - now() - (atOnce - 1) * pauseNanos;
    return wait <= 0 ? Optional.empty() : Optional.of(Duration.ofNanos(wait));
  }

  private long busyUntil(String key) {
    var known = freeAt.get(key);
    return known == null ? now() : Math.max(now(), known);
  }

  private long now() {
    return time.nanoTime() - origin;
  }

  /** Gives all turns back, as to one who was right in the end. */
  void forgive(String key) {
    freeAt.remove(key);
  }

  /** Gives one turn back. */
  synchronized void giveBack(String key) {
    freeAt.put(key, busyUntil(key) - pauseNanos);
  }

  int keys() {
    return freeAt.size();
  }
}
