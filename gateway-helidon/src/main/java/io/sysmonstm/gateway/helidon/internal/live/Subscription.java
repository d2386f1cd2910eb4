package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.Glob;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a viewer wants to see. Two that want the same are equal, so that they share frames.
 * Immutable.
 *
 * @param machines globs of machine ids
 * @param metrics globs of metric names
 */
public record Subscription(List<String> machines, List<String> metrics) {
  private static final List<String> ANY = List.of("*");

  /** Everything. */
  public static final Subscription ALL = new Subscription(ANY, ANY);

  /** Copies the lists. */
  public Subscription {
    machines = List.copyOf(machines);
    metrics = List.copyOf(metrics);
  }

  /**
   * {@return the subscription that a message of a viewer asks for, empty where it is anything else}
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
    if (!(value instanceof List<?> list) || !list.stream().allMatch(String.class::isInstance)) {
      return Optional.empty();
    }
    var globs = list.stream().map(String.class::cast).distinct().sorted().toList();
    return Optional.of(globs.contains("*") ? ANY : globs);
  }

  /** {@return whether frames about a machine are wanted} */
  boolean wantsMachine(String machineId) {
    return machines.equals(ANY) || anyMatches(machines, machineId);
  }

  /** {@return whether a metric is wanted} */
  boolean wantsMetric(String metric) {
    return wantsAllMetrics() || anyMatches(metrics, metric);
  }

  /** {@return whether no metric is left out} */
  boolean wantsAllMetrics() {
    return metrics.equals(ANY);
  }

  private static boolean anyMatches(List<String> globs, String text) {
    for (var glob : globs) {
      if (Glob.of(glob).matches(text)) {
        return true;
      }
    }
    return false;
  }
}
