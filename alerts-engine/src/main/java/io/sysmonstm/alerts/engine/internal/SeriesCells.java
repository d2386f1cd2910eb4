package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Series;
import io.sysmonstm.spi.EventLog;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cells of all series, by the series' dense index: one for each rule that applies. They are
 * made when a series is first seen, and dropped when the rules or the machine's tags change, to be
 * made again when its next sample comes. What must outlive that lies elsewhere: open alerts under
 * their identity (a new cell looks there for its alert, and so do cells after a restart), the time
 * of the last sample evaluated in an array of its own, and what rules have gathered of earlier
 * samples in the dropped cells themselves, until others take it over. Guarded by the engine's lock.
 */
final class SeriesCells {
  private static final EventLog LOG = EventLog.of(SeriesCells.class);
  private static final long NEVER = Long.MIN_VALUE;

  private final Bounds bounds;
  private final EvaluationCounters counters;
  private final OpenAlerts open;
  private final Map<String, Machine> machines;
  private RuleCell[] @Nullable [] cells = new RuleCell[1024][];
  private RuleCell[] @Nullable [] dropped = new RuleCell[1024][];
  // Whose cells they are: an index is given to another series when the first one is forgotten.
  private @Nullable Series[] owners = new @Nullable Series[1024];
  private long[] evaluatedMillis = new long[1024];
  private int count;

  SeriesCells(
      Bounds bounds, EvaluationCounters counters, OpenAlerts open, Map<String, Machine> machines) {
    this.bounds = bounds;
    this.counters = counters;
    this.open = open;
    this.machines = machines;
    Arrays.fill(evaluatedMillis, NEVER);
  }

  /** The cells of a series, null where there are none yet. */
  RuleCell @Nullable [] find(Series series) {
    int index = series.index();
    return index < cells.length && owners[index] == series ? cells[index] : null;
  }

  /** Whether a sample is not newer than the last one evaluated; notes its time otherwise. */
  boolean isLate(int index, long sampledMillis) {
    if (sampledMillis <= evaluatedMillis[index]) {
      return true;
    }
    evaluatedMillis[index] = sampledMillis;
    return false;
  }

  /**
   * Makes the cells of a series that has none, empty where no rule applies or a bound is reached.
   */
  RuleCell[] make(Machine machine, Series series, RuleIndex rules) {
    int index = series.index();
    if (index >= bounds.series()) {
      counters.unwatched.increment();
      return RuleCell.NONE;
    }
    if (index >= cells.length) {
      grow(index);
    }
    take(series);
    var matching = rules.matching(machine, series.metric().name(), series.labels());
    RuleCell[] made = RuleCell.NONE;
    if (!matching.isEmpty() && count + matching.size() > bounds.cells()) {
      counters.refusedCells.add(matching.size());
      LOG.warn(
          "alert_rules_too_many",
          "Too many rules apply to too many series: not all are evaluated",
          null,
          "limit",
          bounds.cells());
    } else if (!matching.isEmpty()) {
      made = make(matching, machine, series);
    }
    cells[index] = made;
    dropped[index] = null;
    machine.addSeries(index);
    return made;
  }

  private RuleCell[] make(List<CompiledRule> matching, Machine machine, Series series) {
    int index = series.index();
    var made = new RuleCell[matching.size()];
    for (int i = 0; i < made.length; i++) {
      var rule = matching.get(i);
      var alert = open.find(rule.name(), machine.id(), series.labels());
      made[i] = new RuleCell(rule, derivation(rule, dropped[index]), alert);
      if (alert != null) {
        alert.attach(made[i]);
        evaluatedMillis[index] = Math.max(evaluatedMillis[index], alert.changedMillis());
      }
    }
    count(made.length);
    return made;
  }

  private static @Nullable Derivation derivation(
      CompiledRule rule, RuleCell @Nullable [] candidates) {
    if (candidates != null) {
      for (var candidate : candidates) {
        if (candidate.rule.name().equals(rule.name())
            && candidate.rule.condition().equals(rule.condition())) {
          return candidate.derivation;
        }
      }
    }
    return Derivation.of(rule.condition());
  }

  private void take(Series series) {
    int index = series.index();
    var before = owners[index];
    if (before == series) {
      return;
    }
    if (before != null) {
      drop(index);
      var machine = machines.get(before.machineId());
      if (machine != null) {
        machine.removeSeries(index);
      }
    }
    dropped[index] = null;
    owners[index] = series;
    evaluatedMillis[index] = NEVER;
  }

  /** Drops the cells of a machine. */
  void drop(Machine machine) {
    for (int index : machine.takeSeries()) {
      drop(index);
    }
  }

  private void drop(int index) {
    var ofSeries = cells[index];
    if (ofSeries != null) {
      count(-ofSeries.length);
      for (var cell : ofSeries) {
        if (cell.open != null) {
          cell.open.detach();
        }
        if (cell.derivation != null) {
          dropped[index] = ofSeries;
        }
      }
      cells[index] = null;
    }
  }

  private void grow(int index) {
    int length = Math.min(bounds.series(), Math.max(index + 1, cells.length * 2));
    int before = cells.length;
    cells = Arrays.copyOf(cells, length);
    dropped = Arrays.copyOf(dropped, length);
    owners = Arrays.copyOf(owners, length);
    evaluatedMillis = Arrays.copyOf(evaluatedMillis, length);
    Arrays.fill(evaluatedMillis, before, length, NEVER);
  }

  private void count(int more) {
    count += more;
    counters.cells = count;
  }
}
