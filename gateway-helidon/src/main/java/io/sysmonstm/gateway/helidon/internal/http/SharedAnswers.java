package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.web.helidon.internal.http.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Answers that many want at one moment, as all open pages do after a restart: made once, for all
 * who ask the same within {@link #LIFE}. An error is told to those who wait for it, and not kept.
 * Thread-safe.
 */
final class SharedAnswers {
  static final Duration LIFE = Duration.ofSeconds(2);
  private static final int MOST = 8;

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock; the oldest question first.
  private final Map<String, Shared> shared = new LinkedHashMap<>();

  private record Shared(Instant since, CompletableFuture<Answer> answer) {}

  SharedAnswers(InstantSource clock) {
    this.clock = clock;
  }

  /** Returns the answer to a question, which may take as long as making it. */
  Answer get(String question, Supplier<Answer> maker) {
    var now = clock.instant();
    var mine = new Shared(now, new CompletableFuture<>());
    var found = claim(question, mine);
    if (!found.equals(mine)) {
      return await(found);
    }
    try {
      var answer = maker.get();
      mine.answer.complete(answer);
      return answer;
    } catch (Throwable failure) { // told to all who wait, whatever it is
      forget(question, mine);
      mine.answer.completeExceptionally(failure);
      throw failure;
    }
  }

  private Shared claim(String question, Shared mine) {
    lock.lock();
    try {
      var found = shared.get(question);
      if (found != null && mine.since.isBefore(found.since.plus(LIFE))) {
        return found;
      }
      shared.remove(question);
      if (shared.size() >= MOST) {
        shared.remove(shared.keySet().iterator().next());
      }
      shared.put(question, mine);
      return mine;
    } finally {
      lock.unlock();
    }
  }

  private void forget(String question, Shared mine) {
    lock.lock();
    try {
      shared.remove(question, mine);
    } finally {
      lock.unlock();
    }
  }

  private static Answer await(Shared found) {
    try {
      return found.answer.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }
}
