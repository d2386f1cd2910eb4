package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Glob;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Series;
import io.sysmonstm.spi.HistoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * One rule on stored history. Read an hour at a time, so that memory is bounded by the number of
 * series; the samples of an hour are merged by time and machine, and those of one machine and
 * moment are a batch again. Confined to one thread.
 */
public final class HistoryRehearsal {
  private static final Duration CHUNK = Duration.ofHours(1);
  private static final int MAX_POINTS = 10_000;
  private static final int MAX_SERIES = 5_000;
  private static final int MAX_ALERTS = 10_000;
  private static final long MAX_SAMPLES = 100_000_000;
  private static final Duration USUAL_INTERVAL = Duration.ofSeconds(5);

  /** A machine that is up reports at least one of them. */
  private static final List<String> SIGNS_OF_LIFE =
      List.of("cpu_percent", "memory_percent", "uptime_seconds");

  /** The points of one series that are not evaluated yet. */
  private static final class Cursor {
    private final Series series;
    private final long[] timesMillis;
    private final double[] values;
    private final long shiftMillis;
    private int next;

    Cursor(Series series, HistorySeries points, long shiftMillis) {
      this.series = series;
      this.timesMillis = points.timesMillis();
      this.values = points.values();
      this.shiftMillis = shiftMillis;
    }

    boolean hasNext() {
      return next < values.length;
    }

    long millis() {
      return timesMillis[next] + shiftMillis;
    }

    String machineId() {
      return series.machineId();
    }
  }

  private final HistoryStore history;
  private final Rule rule;
  private final long toMillis;
  private final Rehearsal rehearsal;
  private final Map<String, Duration> intervals = new HashMap<>();
  private final Map<String, Resource> resources = new HashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private final List<String> machines;
  private final Instant from;
  private final Instant to;
  private long samples;

  /**
   * Prepares a replay.
   *
   * @param history where samples are read
   * @param rule without matchers of tags
   * @param from the begin
   * @param to the end
   */
  public HistoryRehearsal(HistoryStore history, Rule rule, Instant from, Instant to) {
    this.history = history;
    this.rule = rule;
    this.from = from;
    this.to = to;
    this.toMillis = to.toEpochMilli();
    this.rehearsal = new Rehearsal(List.of(rule), from, MAX_SERIES, MAX_ALERTS);
    var machine = Glob.of(rule.match().getOrDefault("machine", "*"));
    this.machines = machine.isLiteral() ? List.of(machine.pattern()) : List.of();
    rule.match()
        .forEach(
            (name, glob) -> {
              if (!name.equals("machine") && Glob.of(glob).isLiteral()) {
                labels.put(name, glob);
              }
            });
  }

  /** {@return the alerts that would have fired} */
  public Collection<Alert> run() {
    for (var begin = from; begin.isBefore(to); begin = begin.plus(CHUNK)) {
      var end = begin.plus(CHUNK);
      merge(read(begin, end.isBefore(to) ? end : to));
    }
    rehearsal.advanceTo(toMillis);
    return rehearsal.alerts();
  }

  private List<Cursor> read(Instant begin, Instant end) {
    List<Cursor> cursors = new ArrayList<>();
    switch (rule.condition()) {
      case Rule.OfMetric condition -> read(condition.metric(), begin, end, cursors);
      case Rule.Absent _ -> {
        for (var metric : SIGNS_OF_LIFE) {
          read(metric, begin, end, cursors);
        }
      }
    }
    return cursors;
  }

  private void read(String metric, Instant begin, Instant end, List<Cursor> cursors) {
    var result =
        history.query(
            HistoryQuery.builder(metric, begin, end)
                .machines(machines)
                .labels(rule.condition() instanceof Rule.Absent ? Map.of() : labels)
                .maxPoints(MAX_POINTS)
                .build());
    for (var points : result.series()) {
      samples += points.values().length;
      if (samples > MAX_SAMPLES) {
        throw tooMuch("%d samples".formatted(MAX_SAMPLES));
      }
      var series =
          rehearsal
              .registry()
              .intern(points.machineId(), points.metric(), points.labels())
              .orElseThrow(() -> tooMuch("%d series".formatted(MAX_SERIES)));
      interval(points, result.step());
      // What an average says is known when its time is over.
      cursors.add(new Cursor(series, points, result.step().toMillis()));
    }
  }

  private RequestException tooMuch(String what) {
    return new RequestException(
        ErrorCode.RESOURCE_EXHAUSTED,
        "a replay of rule %s needs more than %s: expected fewer machines or a shorter time"
            .formatted(rule.name(), what));
  }

  /** How often a machine collects is not stored: what lies between most of its samples. */
  private void interval(HistorySeries points, Duration step) {
    var times = points.timesMillis();
    if (!step.isZero()) {
      intervals.put(points.machineId(), step);
    } else if (times.length > 1) {
      var gaps = new long[Math.min(20, times.length - 1)];
      for (int i = 0; i < gaps.length; i++) {
        gaps[i] = times[i + 1] - times[i];
      }
      Arrays.sort(gaps);
      intervals.put(points.machineId(), Duration.ofMillis(Math.max(1, gaps[gaps.length / 2])));
    }
  }

  private void merge(List<Cursor> cursors) {
    var queue =
        new PriorityQueue<Cursor>(
            Comparator.comparingLong(Cursor::millis).thenComparing(Cursor::machineId));
    cursors.stream().filter(Cursor::hasNext).forEach(queue::add);
    var together = new ArrayList<Cursor>();
    for (var first = queue.poll(); first != null; first = queue.poll()) {
      long millis = first.millis();
      if (millis > toMillis) {
        return;
      }
      together.clear();
      together.add(first);
      for (var other = queue.peek();
          other != null && other.millis() == millis && other.machineId().equals(first.machineId());
          other = queue.peek()) {
        together.add(queue.remove());
      }
      rehearsal.advanceTo(millis);
      evaluate(together);
      for (var cursor : together) {
        if (cursor.hasNext()) {
          queue.add(cursor);
        }
      }
    }
  }

  private void evaluate(List<Cursor> together) {
    var series = new Series[together.size()];
    var values = new double[series.length];
    for (int i = 0; i < series.length; i++) {
      var cursor = together.get(i);
      series[i] = cursor.series;
      values[i] = cursor.values[cursor.next++];
    }
    var machine = series[0].machineId();
    rehearsal.samples(
        resources.computeIfAbsent(machine, id -> Resource.builder(id).build()),
        intervals.getOrDefault(machine, USUAL_INTERVAL),
        series,
        values);
  }
}
