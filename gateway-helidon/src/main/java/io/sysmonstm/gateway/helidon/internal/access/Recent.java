package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a store answered a moment ago, so that not each request asks it. While the store is away the
 * last answer holds on for a while: who was in sees what still can be shown. Thread-safe.
 */
final class Recent<T> {
  /** How old an answer may be: a revocation is seen after this time at the latest. */
  static final Duration FRESH = Duration.ofSeconds(5);

  /** How old an answer may be while the store is away. */
  static final Duration STALE = Duration.ofMinutes(15);

  private static final int MOST = 10_000;

  private final BoundedMap<Answer<T>> answers = new BoundedMap<>(MOST);
  private final TimeSource time;

  private record Answer<T>(T value, long at) {}

  Recent(TimeSource time) {
    this.time = time;
  }

  /**
   * {@return what the store has, or had a moment ago}
   *
   * @param key of what
   * @param question asks the store; what it does not have is not kept
   * @throws StoreUnavailableException where it is away and has not answered lately
   */
  Optional<T> get(String key, Supplier<Optional<T>> question) {
    var known = answers.get(key);
    long now = time.nanoTime();
    if (known != null && now - known.at < FRESH.toNanos()) {
      return Optional.of(known.value);
    }
    try {
      var answer = question.get();
      answer.ifPresentOrElse(
          value -> answers.put(key, new Answer<>(value, now)), () -> answers.remove(key));
      return answer;
    } catch (StoreUnavailableException e) {
      if (known != null && now - known.at < STALE.toNanos()) {
        return Optional.of(known.value);
      }
      throw e;
    }
  }

  /** Replaces an answer, as old as it is, where it is still the one given. */
  boolean replace(String key, T known, T by) {
    synchronized (answers) {
      var answer = answers.get(key);
      if (answer == null || !answer.value.equals(known)) {
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
  }
}
