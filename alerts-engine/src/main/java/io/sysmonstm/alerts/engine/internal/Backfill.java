package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Series;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fills what rules gather of series from history, for an engine that has only begun with a machine.
 * Without it a rule that looks back would say nothing for half of that time.
 */
public final class Backfill {
  private static final EventLog LOG = EventLog.of(Backfill.class);
  private static final int POINTS = 96;
  private static final int MACHINES_AT_ONCE = 100;
  private static final Duration LEAST_STEP = Duration.ofSeconds(5);

  /** Batches wait meanwhile; what was not read by then is not read at all. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private record Key(String machineId, String metric, Labels labels) {}

  /**
   * What was read. Confined to one thread.
   *
   * @param byKey points by their series
   * @param steps how far apart the points of a metric are
   */
  record Points(Map<Key, HistorySeries> byKey, Map<String, Duration> steps) {
    static final Points NONE = new Points(Map.of(), Map.of());

    /** Tells an evaluator what was before a batch, the first one of a series only. */
    void seed(Batch batch, Evaluator evaluator) {
      if (byKey.isEmpty()) {
        return;
      }
      for (int i = 0; i < batch.size(); i++) {
        var series = batch.series(i);
        var points = byKey.remove(key(series));
        if (points != null) {
          var step = steps.getOrDefault(points.metric(), LEAST_STEP);
          evaluator.seed(series, points.timesMillis(), points.values(), step);
        }
      }
    }

    private static Key key(Series series) {
      return new Key(series.machineId(), series.metric().name(), series.labels());
    }
  }

  private final Optional<HistoryStore> history;
  private final TimeSource time;

  /**
   * Creates one.
   *
   * @param history where it reads; without one it knows nothing
   * @param time the clocks
   */
  public Backfill(Optional<HistoryStore> history, TimeSource time) {
    this.history = history;
    this.time = time;
  }

  /**
   * Reads; blocks for a few seconds at the most.
   *
   * @param machines of which machines
   * @param windows which metrics, and how far back
   */
  Points read(List<String> machines, Map<String, Duration> windows) {
    if (history.isEmpty() || machines.isEmpty() || windows.isEmpty()) {
      return Points.NONE;
    }
    var read = new Points(new HashMap<>(), new HashMap<>());
    long begun = time.nanoTime();
    try {
      for (int from = 0; from < machines.size(); from += MACHINES_AT_ONCE) {
        var some = machines.subList(from, Math.min(machines.size(), from + MACHINES_AT_ONCE));
        for (var window : windows.entrySet()) {
          if (time.nanoTime() - begun > PATIENCE.toNanos()) {
            LOG.warn(
                "backfill_failed",
                "History is slow: rules that look back begin without it",
                null,
                "machines",
                machines.size() - from);
            return read;
          }
          read(history.get(), some, window.getKey(), window.getValue(), read);
        }
      }
    } catch (RuntimeException failure) {
      LOG.warn(
          "backfill_failed",
          "History cannot be read: rules that look back begin without it",
          failure,
          "machines",
          machines.size());
    }
    return read;
  }

  private void read(
      HistoryStore store, List<String> machines, String metric, Duration window, Points into) {
    var now = time.instant();
    var step = Collections.max(List.of(LEAST_STEP, window.dividedBy(POINTS)));
    var query =
        HistoryQuery.builder(metric, now.minus(window), now)
            .machines(machines)
            .step(step)
            .maxPoints(POINTS * 2)
            .build();
    var result = store.query(query);
    into.steps.put(metric, Collections.max(List.of(step, result.step())));
    for (var series : result.series()) {
      into.byKey.put(new Key(series.machineId(), series.metric(), series.labels()), series);
    }
  }
}
