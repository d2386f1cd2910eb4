package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Series;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.spi.Rejection.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A batch after the checks. One whose time cannot be is emptied, not left out: history then commits
 * its number, so that it is never sent again, and the machine is still seen to be there.
 *
 * @param batch what may be shown and kept
 * @param rejected what may not, and why
 */
record Screened(Batch batch, List<Rejection> rejected) {
  private static final Series[] NO_SERIES = {};
  private static final double[] NO_VALUES = {};

  private record Refusal(String metric, Reason reason) {}

  /** The good case allocates nothing but the result. */
  static Screened of(
      Batch batch, List<Rejection> rejected, Instant now, Duration retention, Duration ahead) {
    long nowMillis = now.toEpochMilli();
    if (batch.observedAtMillis() > nowMillis + ahead.toMillis()) {
      return refusedWhole(batch, rejected, now, Reason.FUTURE);
    }
    if (batch.observedAtMillis() < nowMillis - retention.toMillis()) {
      return refusedWhole(batch, rejected, now, Reason.TOO_OLD);
    }
    var kept = batch.withoutRefused();
    return new Screened(kept, kept == batch ? rejected : refusedSamples(batch, rejected));
  }

  /** {@return a batch with the time that it has by our clock} */
  static Batch at(Batch batch, long observedAtMillis) {
    var series = new Series[batch.size()];
    var values = new double[batch.size()];
    for (int i = 0; i < values.length; i++) {
      series[i] = batch.series(i);
      values[i] = batch.value(i);
    }
    return new Batch(
        batch.machineId(),
        batch.epoch(),
        batch.seq(),
        observedAtMillis,
        series,
        values,
        batch.topProcesses(),
        batch.replay());
  }

  /** {@return a batch with the same name and nothing in it} */
  static Batch emptied(Batch batch, Instant at) {
    return new Batch(
        batch.machineId(),
        batch.epoch(),
        batch.seq(),
        at.toEpochMilli(),
        NO_SERIES,
        NO_VALUES,
        List.of(),
        batch.replay());
  }

  private static Screened refusedWhole(
      Batch batch, List<Rejection> rejected, Instant now, Reason reason) {
    var counts = new LinkedHashMap<Refusal, Integer>();
    for (int i = 0; i < batch.size(); i++) {
      counts.merge(new Refusal(batch.series(i).metric().name(), reason), 1, Integer::sum);
    }
    return new Screened(emptied(batch, now), joined(batch, rejected, counts));
  }

  private static List<Rejection> refusedSamples(Batch batch, List<Rejection> rejected) {
    var counts = new LinkedHashMap<Refusal, Integer>();
    for (int i = 0; i < batch.size(); i++) {
      double value = batch.value(i);
      if (!batch.series(i).accepts(value)) {
        var reason = Double.isFinite(value) ? Reason.OUT_OF_RANGE : Reason.NOT_FINITE;
        counts.merge(new Refusal(batch.series(i).metric().name(), reason), 1, Integer::sum);
      }
    }
    return joined(batch, rejected, counts);
  }

  private static List<Rejection> joined(
      Batch batch, List<Rejection> rejected, Map<Refusal, Integer> counts) {
    var all = new ArrayList<>(rejected);
    counts.forEach(
        (refusal, count) ->
            all.add(new Rejection(batch.seq(), refusal.metric, refusal.reason, count)));
    return all;
  }
}
