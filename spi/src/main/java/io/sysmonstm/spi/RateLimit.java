package io.sysmonstm.spi;

import java.time.Duration;
import java.util.Optional;

/**
 * How often each of many may do something: so many times at once, and one more after each pause.
 * Remembers a bounded number of them, those that did it last. Thread-safe.
 */
public final class RateLimit {
  /** How many it remembers unless told otherwise. */
  public static final int MOST_KEYS = 100_000;

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
  public RateLimit(int atOnce, Duration pause, TimeSource time) {
    this(atOnce, pause, time, MOST_KEYS);
  }

  /**
   * Creates a limit.
   *
   * @param atOnce how many times one may do it without a pause
   * @param pause after which one may do it once more
   * @param time the clock
   * @param mostKeys how many it remembers
   */
  public RateLimit(int atOnce, Duration pause, TimeSource time, int mostKeys) {
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
  public synchronized Optional<Duration> take(String key) {
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
  public synchronized Optional<Duration> wait(String key) {
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

  /**
   * Gives all turns back, as to one who was right in the end.
   *
   * @param key who
   */
  public void forgive(String key) {
    freeAt.remove(key);
  }

  /**
   * Gives one turn back.
   *
   * @param key who
   */
  public synchronized void giveBack(String key) {
    freeAt.put(key, busyUntil(key) - pauseNanos);
  }

  /** {@return how many it remembers} */
  public int keys() {
    return freeAt.size();
  }
}
