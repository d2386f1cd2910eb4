package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.Series;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.transport.grpc.v1.SeriesDeclaration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the ids of one stream mean. Small ids, which every sensible client uses, are found in an
 * array. Confined to the stream's thread.
 */
final class StreamDictionary {
  /** A series that cannot be used. */
  record Refusal(String metric, Rejection.Reason reason) {}

  private static final int SMALL_IDS = 1 << 14;
  private static final int LEAST_ENTRIES = 4_096;
  private static final Refusal UNDECLARED = new Refusal("", Rejection.Reason.UNKNOWN_SERIES);

  private final IngestSession session;
  private final int maxEntries;
  private @Nullable Series[] small = new Series[64];
  private final Map<Integer, Series> large = new HashMap<>();
  private final Map<Integer, Refusal> refused = new HashMap<>();
  private int accepted;

  StreamDictionary(IngestSession session, int maxSeries) {
    this.session = session;
    this.maxEntries = Math.max(LEAST_ENTRIES, 2 * Math.min(maxSeries, 1 << 20));
  }

  /** Resolves a declaration; a later one of the same id replaces it. */
  void declare(SeriesDeclaration declaration) {
    int id = declaration.getId();
    forget(id);
    // Beyond the bound nothing is kept: its samples are refused as undeclared.
    if (accepted + refused.size() >= maxEntries) {
      return;
    }
    switch (session.declare(declaration.getMetric(), Labels.of(declaration.getLabelsMap()))) {
      case IngestSession.Accepted(var series) -> put(id, series);
      case IngestSession.Refused(var reason) ->
          refused.put(id, new Refusal(Names.shown(declaration.getMetric()), reason));
    }
  }

  /** The series of an id, or null where it has none that can be used. */
  @Nullable Series series(int id) {
    if (id >= 0 && id < small.length) {
      return small[id];
    }
    return id >= 0 && id < SMALL_IDS ? null : large.get(id);
  }

  /** Why an id has no series. */
  Refusal refusal(int id) {
    return refused.getOrDefault(id, UNDECLARED);
  }

  private void forget(int id) {
    if (series(id) != null) {
      accepted--;
      if (isSmall(id)) {
        small[id] = null;
      } else {
        large.remove(id);
      }
    }
    refused.remove(id);
  }

  private void put(int id, Series series) {
    accepted++;
    if (!isSmall(id)) {
      large.put(id, series);
      return;
    }
    if (id >= small.length) {
      small = Arrays.copyOf(small, Math.min(SMALL_IDS, Math.max(id + 1, 2 * small.length)));
    }
    small[id] = series;
  }

  private static boolean isSmall(int id) {
    return id >= 0 && id < SMALL_IDS;
  }
}
