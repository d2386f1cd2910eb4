package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Readiness;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The readiness of the parts of a process, put together to one: ready while every part is that says
 * so itself, and while the process does not drain. Thread-safe.
 */
public final class HealthRegistry {
  private final Map<String, Supplier<Readiness>> parts = new ConcurrentHashMap<>();
  private volatile boolean draining;

  /** Creates an empty registry, which is ready. */
  public HealthRegistry() {}

  /**
   * Adds a part that knows its own readiness, without which the process is not ready. What it tells
   * of its parts is told as {@code NAME.PART}.
   *
   * @param name for example {@code aggregator}
   * @param readiness asked at each check, from any thread; may take a few seconds
   */
  public void add(String name, Supplier<Readiness> readiness) {
    parts.put(name, readiness);
  }

  /**
   * Adds a part without which the process goes on, degraded.
   *
   * @param name for example {@code events}
   * @param health asked at each check, from any thread; may take a few seconds
   */
  public void optional(String name, Supplier<Health> health) {
    parts.put(name, () -> new Readiness(true, Map.of(name, health.get())));
  }

  /** Says that the process stops: not ready from now on, so that clients go elsewhere. */
  public void drain() {
    draining = true;
  }

  /** {@return whether the process can do its work, and which parts fail} Never throws. */
  public Readiness readiness() {
    var health = new TreeMap<String, Health>();
    boolean ready = !draining;
    for (var part : parts.entrySet()) {
      var now = ask(part.getKey(), part.getValue());
      now.parts().forEach((name, one) -> health.put(name(part.getKey(), name), one));
      ready &= now.ready();
    }
    return new Readiness(ready, health);
  }

  private static String name(String part, String name) {
    return name.equals(part) ? part : part + "." + name;
  }

  private static Readiness ask(String name, Supplier<Readiness> part) {
    try {
      return part.get();
    } catch (RuntimeException e) {
      var problem = "its health cannot be told: " + e.getClass().getSimpleName();
      return new Readiness(false, Map.of(name, Health.failing(problem)));
    }
  }
}
