package io.sysmonstm.gateway.helidon.internal.http;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import io.prometheus.metrics.model.snapshots.Unit;
import io.sysmonstm.api.MetricKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers samples into the families of an exposition. What a client may send, and Prometheus would
 * refuse all the rest for, is put right or left out: a series twice, a label twice, a counter below
 * zero.
 */
final class MetricFamilies {
  private static final String TOTAL = "_total";
  // The base units that OpenMetrics has, of those that our names end in.
  private static final List<String> UNITS = List.of("bytes", "seconds", "celsius");

  // Points in the order they come in, by machine: the client sorts them, which is quick where they
  // are nearly so.
  private record Family(MetricMetadata metadata, MetricKind kind, Map<Labels, Double> points) {
    MetricSnapshot snapshot() {
      return switch (kind) {
        case GAUGE -> {
          var gauges = new ArrayList<GaugeDataPointSnapshot>(points.size());
          points.forEach((labels, value) -> gauges.add(gauge(labels, value)));
          yield new GaugeSnapshot(metadata, gauges);
        }
        case COUNTER -> {
          var counters = new ArrayList<CounterDataPointSnapshot>(points.size());
          points.forEach((labels, value) -> counters.add(counter(labels, value)));
          yield new CounterSnapshot(metadata, counters);
        }
      };
    }

    private static GaugeDataPointSnapshot gauge(Labels labels, double value) {
      return new GaugeDataPointSnapshot(value, labels, null);
    }

    private static CounterDataPointSnapshot counter(Labels labels, double value) {
      return new CounterDataPointSnapshot(value, labels, null, 0);
    }
  }

  private final Map<String, Family> families = new HashMap<>();
  private final Map<io.sysmonstm.api.Labels, Labels> known = new HashMap<>();

  /**
   * Adds a sample; the first one of a series stays.
   *
   * @param name the name; that of a counter gets {@code _total} where it has not
   * @param kind the kind; where a family of the name has another, that one's
   * @param help one sentence, empty where there is none
   * @param labels what {@link #labels} made
   * @param value any number
   */
  void add(String name, MetricKind kind, String help, Labels labels, double value) {
    var exposed = kind == MetricKind.COUNTER && !name.endsWith(TOTAL) ? name + TOTAL : name;
    var family =
        families.computeIfAbsent(
            exposed,
            key -> new Family(metadata(name, exposed, kind, help), kind, new LinkedHashMap<>()));
    if (family.kind == MetricKind.GAUGE || value >= 0) {
      family.points.putIfAbsent(labels, value);
    }
  }

  private static MetricMetadata metadata(
      String name, String exposed, MetricKind kind, String help) {
    var unit = kind == MetricKind.COUNTER ? null : unit(name);
    return MetricMetadata.builder()
        .name(exposed)
        .help(help.isEmpty() ? null : help)
        .unit(unit)
        .build();
  }

  private static @Nullable Unit unit(String name) {
    return UNITS.stream()
        .filter(unit -> name.endsWith('_' + unit))
        .findFirst()
        .map(Unit::new)
        .orElse(null);
  }

  /**
   * {@return labels that Prometheus takes}
   *
   * @param identity of ours, with the same names in all calls
   * @param own labels of others; one that we have too becomes {@code exported_…}, as Prometheus
   *     does it
   */
  Labels labels(Labels identity, io.sysmonstm.api.Labels own) {
    // The machines of a fleet have much the same ones, and what they are turned into takes longer
    // than all the rest of an exposition.
    return identity.merge(known.computeIfAbsent(own, labels -> legal(identity, labels.asMap())));
  }

  /**
   * {@return labels that Prometheus takes, beside those of ours}
   *
   * @param identity of ours
   * @param own labels of others
   */
  static Labels legal(Labels identity, Map<String, String> own) {
    var names = new ArrayList<String>(own.size());
    var values = new ArrayList<String>(own.size());
    // Names that differ in dots alone are one name to most scrapers.
    var taken = new HashSet<String>();
    identity.forEach(label -> taken.add(label.getName()));
    own.forEach(
        (name, value) -> {
          var legal = PrometheusNaming.sanitizeLabelName(name);
          var unique = identity.contains(legal) ? "exported_" + legal : legal;
          if (taken.add(PrometheusNaming.prometheusName(unique))) {
            names.add(unique);
            values.add(value);
          }
        });
    return Labels.of(names, values);
  }

  /** {@return all that was added} */
  MetricSnapshots snapshots() {
    return new MetricSnapshots(families.values().stream().map(Family::snapshot).toList());
  }
}
