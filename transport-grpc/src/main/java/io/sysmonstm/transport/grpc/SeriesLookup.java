package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MetricDescriptor;
import io.sysmonstm.api.MetricRegistry;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.transport.grpc.v1.Metric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the series of single metrics by type and labels without making a key for each. Remembers
 * refusals too, both within the bound. Confined to its stream's thread.
 */
final class SeriesLookup {
  /** How many series the lookups of one stream remember in all; others are asked for each time. */
  static final class Budget {
    private int left;

    Budget(int entries) {
      left = entries;
    }

    private boolean take() {
      return left > 0 && left-- > 0;
    }
  }

  private static final IngestSession.Declared UNKNOWN_TYPE =
      new IngestSession.Refused(Rejection.Reason.BAD_NAME);
  private static final int TYPES =
      1
          + MetricRegistry.builtIn().all().stream()
              .mapToInt(metric -> metric.protoNumber().orElse(0))
              .max()
              .orElse(0);

  private final IngestSession session;
  private final Budget budget;
  private final IngestSession.@Nullable Declared[] plain =
      new IngestSession.@Nullable Declared[TYPES];
  private final List<Map<Map<String, String>, IngestSession.Declared>> labelled =
      new ArrayList<>(TYPES);

  SeriesLookup(IngestSession session, Budget budget) {
    this.session = session;
    this.budget = budget;
    for (int type = 0; type < TYPES; type++) {
      labelled.add(new HashMap<>());
    }
  }

  IngestSession.Declared find(Metric metric) {
    int type = metric.getTypeValue();
    if (type <= 0 || type >= TYPES) {
      return UNKNOWN_TYPE;
    }
    if (metric.getLabelsCount() == 0) {
      var known = plain[type];
      return known != null ? known : remember(type);
    }
    var known = labelled.get(type).get(metric.getLabelsMap());
    return known != null ? known : remember(type, metric.getLabelsMap());
  }

  private IngestSession.Declared remember(int type) {
    var declared = declare(type, Labels.empty());
    plain[type] = declared;
    return declared;
  }

  private IngestSession.Declared remember(int type, Map<String, String> labels) {
    var declared = declare(type, Labels.of(labels));
    if (budget.take()) {
      labelled.get(type).put(Map.copyOf(labels), declared);
    }
    return declared;
  }

  private IngestSession.Declared declare(int type, Labels labels) {
    return MetricRegistry.builtIn()
        .findByProtoNumber(type)
        .map(MetricDescriptor::name)
        .map(name -> session.declare(name, labels))
        .orElse(UNKNOWN_TYPE);
  }
}
