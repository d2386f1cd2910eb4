package io.sysmonstm.gateway.helidon;

import io.sysmonstm.spi.Health;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Asks a part how it is, once at a time: all who want to know meanwhile share the answer, and a
 * part that hangs costs one thread. Thread-safe.
 */
final class Probe {
  private final Supplier<Health> part;
  private final ExecutorService executor;
  private CompletableFuture<Health> last = CompletableFuture.completedFuture(Health.ok());

  Probe(Supplier<Health> part, ExecutorService executor) {
    this.part = part;
    this.executor = executor;
  }

  /** Asks without waiting; the answer may never come, and is never an exception. */
  synchronized CompletableFuture<Health> ask() {
    if (last.isDone()) {
      last = begin().exceptionally(e -> Health.failing("the check failed"));
    }
    return last;
  }

  private CompletableFuture<Health> begin() {
    try {
      return CompletableFuture.supplyAsync(part, executor);
    } catch (RejectedExecutionException stopping) {
      return CompletableFuture.completedFuture(Health.failing("stopping"));
    }
  }
}
