package io.sysmonstm.gateway.helidon;

import io.sysmonstm.gateway.helidon.internal.live.LiveView;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.Readiness;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Whether the gateway can serve: not while it stops, and not while neither the store nor memory has
 * any state. Any other part may fail; what it leaves out is degraded, and said.
 */
record ReadinessCheck(
    BooleanSupplier draining,
    Supplier<Health> aggregator,
    CurrentStore current,
    HistoryStore history,
    Supplier<Health> events,
    LiveView live,
    ExecutorService executor) {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  Readiness check() {
    boolean stopping = draining.getAsBoolean();
    var currentHealth = current.health();
    var asked = ask(aggregator);
    var eventsHealth = answer(ask(events));
    return new Readiness(
        !stopping && (currentHealth.isOk() || !live.isEmpty()),
        Map.of(
            "gateway",
            stopping ? Health.failing("stopping") : Health.ok(),
            "aggregator",
            answer(asked),
            "current_state",
            currentHealth,
            "history",
            history.health(),
            "events",
            eventsHealth));
  }

  private Future<Health> ask(Supplier<Health> probe) {
    try {
      return executor.submit(probe::get);
    } catch (RejectedExecutionException stopping) {
      return CompletableFuture.completedFuture(Health.failing("stopping"));
    }
  }

  private static Health answer(Future<Health> asked) {
    try {
      return asked.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      asked.cancel(true);
      return Health.failing("no answer within 2 s");
    } catch (ExecutionException e) {
      return Health.failing("the check failed");
    } catch (InterruptedException e) {
      asked.cancel(true);
      Thread.currentThread().interrupt();
      return Health.failing("the check was interrupted");
    }
  }
}
