package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Readiness;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The health of the parts of a role, put together to its readiness: ready while all parts work that
 * it cannot do without, and while it does not drain. Thread-safe.
 */
public final class HealthRegistry {
  private record Part(Supplier<Health> health, boolean needed) {}

  private final Map<String, Part> parts = new ConcurrentHashMap<>();
  private volatile boolean draining;

  /** Creates an empty registry, which is ready. */
  public HealthRegistry() {}

  /**
   * Adds a part that the role cannot do without.
   *
   * @param name for example {@code history}
   * @param health asked at each check, from any thread; must not block
   */
  public void needed(String name, Supplier<Health> health) {
    parts.put(name, new Part(health, true));
  }

  /**
   * Adds a part without which the role goes on, degraded.
   *
   * @param name for example {@code events}
   * @param health asked at each check, from any thread; must not block
   */
  public void optional(String name, Supplier<Health> health) {
    parts.put(name, new Part(health, false));
  }

  /** Says that the role stops: not ready from now on, so that clients go elsewhere. */
  public void drain() {
    draining = true;
  }

  /** {@return whether the role can do its work, and which parts fail} Never throws. */
  public Readiness readiness() {
    var health = new LinkedHashMap<String, Health>();
    boolean ready = !draining;
    for (var part : parts.entrySet()) {
      var now = ask(part.getValue());
      health.put(part.getKey(), now);
      ready &= now.isOk() || !part.getValue().needed;
    }
    return new Readiness(ready, health);
  }

  private static Health ask(Part part) {
    try {
      return part.health.get();
    } catch (RuntimeException e) {
      return Health.failing("its health cannot be told: " + e.getClass().getSimpleName());
    }
  }
}
