package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.BoundedMap;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a store answered a moment ago, so that not each request asks it. While the store is away or
 * has too much to do, the last answer holds on for a while: who was in sees what still can be
 * shown. Thread-safe.
 */
final class Recent<T> {
  /** How old an answer may be: a revocation is seen after this time at the latest. */
  static final Duration FRESH = Duration.ofSeconds(5);

  /** How old an answer may be while the store is away. */
  static final Duration STALE = Duration.ofMinutes(15);

  /** How long it is remembered what the store does not have. */
  static final Duration MISSING = Duration.ofSeconds(30);

  private static final int MOST = 10_000;

  private final BoundedMap<Answer<T>> answers = new BoundedMap<>(MOST);
  // What the store had when it was asked last, also where the answer must not be used any more.
  private final BoundedMap<Boolean> known = new BoundedMap<>(MOST);
  // Apart from the others: whoever makes up keys drives out none that is good.
  private final BoundedMap<Long> missing = new BoundedMap<>(MOST);
  private final TimeSource time;

  private record Answer<T>(T value, long at) {}

  Recent(TimeSource time) {
    this.time = time;
  }

  /**
   * {@return what the store has, or had a moment ago}
   *
   * @param key of what
   * @param question asks the store
   * @param first asks the store for a key that it is not known to have
   * @throws SysmonstmException as the questions do, where the store has not answered lately
   */
  Optional<T> get(String key, Supplier<Optional<T>> question, Supplier<Optional<T>> first) {
    var last = answers.get(key);
    long now = time.nanoTime();
    if (last != null && now - last.at < FRESH.toNanos()) {
      return Optional.of(last.value);
    }
    if (isMissing(key)) {
      return Optional.empty();
    }
    try {
      var answer = (known.get(key) == null ? first : question).get();
      answer.ifPresentOrElse(value -> put(key, new Answer<>(value, now)), () -> miss(key, now));
      return answer;
    } catch (SysmonstmException e) {
      if (last != null && now - last.at < STALE.toNanos() && isPassing(e)) {
        return Optional.of(last.value);
      }
      throw e;
    }
  }

  /** {@return whether a failure says nothing of what was asked for} */
  static boolean isPassing(SysmonstmException failure) {
    return failure.code() == ErrorCode.UNAVAILABLE
        || failure.code() == ErrorCode.RESOURCE_EXHAUSTED;
  }

  /** Takes in what is in the store since this moment. */
  void put(String key, T value) {
    put(key, new Answer<>(value, time.nanoTime()));
  }

  private void put(String key, Answer<T> answer) {
    answers.put(key, answer);
    known.put(key, true);
  }

  private void miss(String key, long now) {
    answers.remove(key);
    known.remove(key);
    missing.put(key, now);
  }

  /** {@return whether the store said a moment ago that it does not have something} */
  boolean isMissing(String key) {
    var at = missing.get(key);
    return at != null && time.nanoTime() - at < MISSING.toNanos();
  }

  /** Replaces an answer, as old as it is, where it is still the one given. */
  boolean replace(String key, T last, T by) {
    synchronized (answers) {
      var answer = answers.get(key);
      if (answer == null || !answer.value.equals(last)) {
        return false;
      }
      answers.put(key, new Answer<>(by, answer.at));
      return true;
    }
  }

  void forget(String key) {
    answers.remove(key);
  }

  void clear() {
    answers.clear();
    missing.clear();
  }
}
