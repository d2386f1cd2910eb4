package io.sysmonstm.api;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The one list of built-in metrics. Metrics of applications need not be in it: {@link #describe}
 * answers for any valid name. Immutable.
 */
public final class MetricRegistry {
  private static final MetricRegistry BUILT_IN = new MetricRegistry();

  private final Map<String, MetricDescriptor> byName = new LinkedHashMap<>();
  private final Map<Integer, MetricDescriptor> byProtoNumber = new LinkedHashMap<>();

  private MetricRegistry() {
    for (var metric : BuiltInMetrics.all()) {
      byName.put(metric.name(), metric);
      metric.protoNumber().ifPresent(number -> byProtoNumber.put(number, metric));
    }
  }

  /** {@return the registry of built-in metrics} */
  public static MetricRegistry builtIn() {
    return BUILT_IN;
  }

  /** {@return all built-in metrics, in the order of the documentation} */
  public Collection<MetricDescriptor> all() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /**
   * {@return a built-in metric}
   *
   * @param name its name
   */
  public Optional<MetricDescriptor> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * {@return a built-in metric by its number on the wire}
   *
   * @param number of the enum {@code MetricType}
   */
  public Optional<MetricDescriptor> findByProtoNumber(int number) {
    return Optional.ofNullable(byProtoNumber.get(number));
  }

  /**
   * {@return the built-in metric of a name, or a plain gauge with unit one for any other valid
   * name}
   *
   * @param name a metric name
   * @throws RequestException with {@link ErrorCode#INVALID_ARGUMENT} where the name is not valid
   */
  public MetricDescriptor describe(String name) {
    var known = byName.get(name);
    return known != null ? known : MetricDescriptor.builder(name).build();
  }
}
