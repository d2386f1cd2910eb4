package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a viewer wants to see. Two that want the same are equal, so that they share frames.
 * Thread-safe.
 */
public final class Subscription {
  private static final int MAX_GLOBS = 64;
  private static final int MAX_GLOB = 128;
  private static final List<String> ANY = List.of("*");

  /** Everything. */
  public static final Subscription ALL = new Subscription(ANY, ANY);

  private final NameFilter machines;
  private final NameFilter metrics;

  /**
   * Creates one.
   *
   * @param machines globs of machine ids
   * @param metrics globs of metric names
   */
  public Subscription(List<String> machines, List<String> metrics) {
    this.machines = new NameFilter(machines);
    this.metrics = new NameFilter(metrics);
  }

  /**
   * {@return the subscription that a message of a viewer asks for, empty where it is anything else,
   * or more than {@value #MAX_GLOBS} globs of {@value #MAX_GLOB} characters for either}
   *
   * @param message the message, hostile ones too
   */
  public static Optional<Subscription> read(byte[] message) {
    try {
      return Json.read(message) instanceof Map<?, ?> map && "subscribe".equals(map.get("type"))
          ? read(map)
          : Optional.empty();
    } catch (RequestException notJson) {
      return Optional.empty();
    }
  }

  private static Optional<Subscription> read(Map<?, ?> map) {
    return globs(map, "machines")
        .flatMap(
            machines -> globs(map, "metrics").map(metrics -> new Subscription(machines, metrics)));
  }

  private static Optional<List<String>> globs(Map<?, ?> map, String name) {
    @Nullable Object value = map.containsKey(name) ? map.get(name) : ANY;
    if (!(value instanceof List<?> list)
        || list.size() > MAX_GLOBS
        || !list.stream().allMatch(Subscription::isGlob)) {
      return Optional.empty();
    }
    var globs = list.stream().map(String.class::cast).distinct().sorted().toList();
    return Optional.of(globs.contains("*") ? ANY : globs);
  }

  private static boolean isGlob(@Nullable Object value) {
    return value instanceof String glob && glob.length() <= MAX_GLOB;
  }

  /** {@return whether frames about a machine are wanted} */
  boolean wantsMachine(String machineId) {
    return machines.matches(machineId);
  }

  /** {@return whether a metric is wanted} */
  boolean wantsMetric(String metric) {
    return metrics.matches(metric);
  }

  /** {@return whether no metric is left out} */
  boolean wantsAllMetrics() {
    return metrics.isAll();
  }

  /** {@return what is wanted of each machine} */
  NameFilter metrics() {
    return metrics;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Subscription that
        && machines.equals(that.machines)
        && metrics.equals(that.metrics);
  }

  @Override
  public int hashCode() {
    return 31 * machines.hashCode() + metrics.hashCode();
  }

  @Override
  public String toString() {
    return "Subscription[machines=%s, metrics=%s]".formatted(machines, metrics);
  }
}
