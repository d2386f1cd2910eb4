package io.sysmonstm.gateway.helidon;

import io.sysmonstm.gateway.helidon.internal.live.LiveView;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Readiness;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Whether the gateway can serve: not while it stops, and not while neither the store nor memory has
 * any state. Any other part may fail; what it leaves out is degraded, and said. All parts are asked
 * at the same time. Thread-safe.
 */
final class ReadinessCheck {
  static final String AGGREGATOR = "aggregator";
  static final String CURRENT_STATE = "current_state";
  static final String HISTORY = "history";
  static final String EVENTS = "events";
  private static final String GATEWAY = "gateway";
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Health SILENT =
      Health.failing("no answer within %d s".formatted(PATIENCE.toSeconds()));

  private final BooleanSupplier draining;
  private final Map<String, Probe> probes = new TreeMap<>();
  private final LiveView live;

  ReadinessCheck(
      BooleanSupplier draining,
      Map<String, Supplier<Health>> parts,
      LiveView live,
      ExecutorService executor) {
    this.draining = draining;
    this.live = live;
    parts.forEach((name, part) -> probes.put(name, new Probe(part, executor)));
  }

  Readiness check() {
    boolean stopping = draining.getAsBoolean();
    var answers = new HashMap<String, CompletableFuture<Health>>();
    probes.forEach((name, probe) -> answers.put(name, probe.ask()));
    await(CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new)));
    var parts = new HashMap<String, Health>();
    answers.forEach((name, answer) -> parts.put(name, answer.getNow(SILENT)));
    parts.put(GATEWAY, stopping ? Health.failing("stopping") : Health.ok());
    boolean hasState = parts.getOrDefault(CURRENT_STATE, Health.ok()).isOk() || !live.isEmpty();
    return new Readiness(!stopping && hasState, parts);
  }

  private static void await(CompletableFuture<?> answers) {
    try {
      answers.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // Each part that has not answered is told of by itself.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
