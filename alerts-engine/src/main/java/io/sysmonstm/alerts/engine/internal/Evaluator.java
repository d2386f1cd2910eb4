package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Series;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of all alerts. Guarded by its caller's lock, which is taken once for a batch, a
 * tick or new rules.
 *
 * <p>A series has an array of cells, one for each rule that applies to it, found by the series'
 * dense index. It is made when the series is first seen, and dropped when the rules or the
 * machine's tags change, to be made again when its next sample comes. What must outlive that lies
 * elsewhere: open alerts under their identity (a new cell looks there for its alert, and so do
 * cells after a restart), and the time of the last sample evaluated in an array of its own.
 */
public final class Evaluator {
  private static final EventLog LOG = EventLog.of(Evaluator.class);
  private static final RuleCell[] NONE = {};
  private static final long NEVER = Long.MIN_VALUE;
  private static final long STALE = Long.MIN_VALUE;

  /** An engine that was down for longer cannot say that a condition held meanwhile. */
  private static final long OUTAGE_MILLIS = Duration.ofHours(1).toMillis();

  private final TimeSource time;
  private final Bounds bounds;
  private final EvaluationCounters counters;
  private final OpenAlerts open;
  private final SilenceCheck silence;
  private final Map<String, Machine> machines = new HashMap<>();
  private RuleIndex rules = new RuleIndex(List.of());
  private RuleCell[] @Nullable [] cells = new RuleCell[1024][];
  // Whose cells they are: an index is given to another series when the first one is forgotten.
  private @Nullable Series[] owners = new @Nullable Series[1024];
  private long[] evaluatedMillis = new long[1024];
  private int cellCount;

  /**
   * Creates an evaluator without rules.
   *
   * @param time the clocks
   * @param metrics where it counts
   * @param bounds how much it keeps
   * @param sink takes the changes
   */
  public Evaluator(TimeSource time, SelfMetrics metrics, Bounds bounds, TransitionSink sink) {
    this.time = time;
    this.bounds = bounds;
    this.counters = new EvaluationCounters(metrics);
    this.open = new OpenAlerts(time, sink);
    this.silence = new SilenceCheck(time, open);
    Arrays.fill(evaluatedMillis, NEVER);
    counters.watch(metrics, open);
  }

  /**
   * Takes a batch.
   *
   * @param event as it came
   */
  public void onBatch(MetricsEvent event) {
    var batch = event.batch();
    if (batch.replay()) {
      counters.replayed.add(batch.size());
      return;
    }
    var machine = machine(event.machineId());
    if (machine == null) {
      counters.unwatched.add(batch.size());
      return;
    }
    if (machine.hear(event, time.nanoTime(), time.millis())) {
      forgetCells(machine);
      withdrawUnmatched(open.of(machine));
    }
    silence.end(machine, rules);
    long sampledMillis = sampledMillis(machine, batch);
    if (sampledMillis == STALE) {
      counters.stale.add(batch.size());
    } else {
      evaluate(machine, batch, sampledMillis);
    }
  }

  /**
   * Looks for machines that fell silent, and for pending alerts that nothing more was heard of.
   * Called each second.
   */
  public void tick() {
    silence.tick(machines.values(), rules);
    if (open.pending() > 0) {
      open.all().forEach(this::cancelForgotten);
    }
  }

  private void cancelForgotten(OpenAlert alert) {
    var machine = machines.get(alert.alert().machineId());
    if (alert.isFiring() || machine == null || alert.alert().metric().isEmpty()) {
      return;
    }
    // A sample that could still go on with it would have to be this late.
    long patienceMillis = machine.gapMillis() + machine.freshMillis();
    if (time.nanoTime() - alert.seenNanos > patienceMillis * 1_000_000) {
      open.cancel(alert);
    }
  }

  /**
   * Puts other rules in force. Alerts that are open stay so where a rule of their name still
   * applies, and end otherwise.
   *
   * @param index the rules
   */
  public void install(RuleIndex index) {
    rules = index;
    Arrays.fill(cells, null);
    countCells(-cellCount);
    open.all().forEach(OpenAlert::detach);
    for (var machine : machines.values()) {
      machine.takeSeries();
      machine.absence(null);
    }
    withdrawUnmatched(open.all());
  }

  /**
   * Takes over the alerts that an earlier run left open; rules must be installed after.
   *
   * @param alerts pending or firing ones
   */
  public void restore(List<Alert> alerts) {
    for (var alert : alerts) {
      if (alert.open() && machine(alert.machineId()) != null) {
        open.restore(alert);
      }
    }
  }

  /**
   * Begins with a machine, or goes on with it: its open alerts are those given and those that are
   * open here already. False where there are too many machines.
   */
  boolean adopt(String id, List<Alert> alerts, Optional<LastSeen> last) {
    var machine = machine(id);
    if (machine == null) {
      return false;
    }
    last.ifPresent(seen -> machine.recall(seen, time.millis()));
    alerts.forEach(open::restore);
    forgetCells(machine);
    withdrawUnmatched(open.of(machine));
    return true;
  }

  /** Whether no machine more is evaluated. */
  boolean isFull() {
    return machines.size() >= bounds.machines();
  }

  /** Forgets a machine that another engine has, and its alerts, which stay open in the store. */
  Optional<LastSeen> release(String id) {
    var machine = machines.remove(id);
    if (machine == null) {
      return Optional.empty();
    }
    forgetCells(machine);
    open.release(id);
    return machine.lastSeen();
  }

  /** The tags of a machine, empty where it is not known. */
  Optional<Map<String, String>> tags(String id) {
    var machine = machines.get(id);
    return machine == null || !machine.isKnown() ? Optional.empty() : Optional.of(machine.tags());
  }

  /**
   * {@return what is kept of a machine, made at the first call; null where there are too many}
   *
   * @param id its id
   */
  public @Nullable Machine machine(String id) {
    var known = machines.get(id);
    if (known != null || machines.size() >= bounds.machines()) {
      return known;
    }
    var machine = new Machine(id, time.nanoTime(), time.millis());
    machines.put(id, machine);
    return machine;
  }

  /**
   * When the samples were taken, for evaluation, or {@link #STALE}. A clock that is far ahead is
   * not believed: its samples count as taken now, so that it neither silences the machine nor, put
   * right, holds up later samples.
   */
  private long sampledMillis(Machine machine, Batch batch) {
    long now = time.millis();
    long age = now - batch.observedAtMillis();
    if (age > machine.freshMillis()) {
      return STALE;
    }
    return age < -machine.freshMillis() ? now : batch.observedAtMillis();
  }

  /**
   * Evaluates the samples of a batch. In the quiet case it allocates nothing.
   *
   * @param machine the machine
   * @param batch a fresh batch of it
   * @param sampledMillis when its samples were taken
   */
  public void evaluate(Machine machine, Batch batch, long sampledMillis) {
    int size = batch.size();
    int late = 0;
    for (int i = 0; i < size; i++) {
      var series = batch.series(i);
      int index = series.index();
      var ofSeries = index < cells.length && owners[index] == series ? cells[index] : null;
      if (ofSeries == null) {
        ofSeries = makeCells(machine, series);
      }
      if (ofSeries.length == 0) {
        continue;
      }
      double value = batch.value(i);
      if (!Double.isFinite(value)) {
        counters.notFinite.increment();
        continue;
      }
      if (sampledMillis <= evaluatedMillis[index]) {
        late++;
        continue;
      }
      evaluatedMillis[index] = sampledMillis;
      for (var cell : ofSeries) {
        if (cell.open != null || cell.breachedBy(value)) {
          step(cell, machine, series.labels(), value, sampledMillis);
        }
      }
    }
    counters.samples.add(size);
    if (late > 0) {
      counters.late.add(late);
    }
  }

  private void step(
      RuleCell cell, Machine machine, Labels labels, double value, long sampledMillis) {
    var rule = cell.rule;
    var alert = cell.open;
    if (alert == null) {
      cell.open =
          rule.holdMillis() == 0
              ? open.fire(rule, machine, labels, value, sampledMillis)
              : open.pend(rule, machine, labels, value, sampledMillis);
      cell.open.attach(cell);
    } else if (!alert.isFiring()) {
      stepPending(alert, rule, machine, value, sampledMillis);
    } else if (rule.clearedBy(value)) {
      open.resolve(alert, rule, machine, value, sampledMillis);
    }
  }

  private void stepPending(
      OpenAlert alert, CompiledRule rule, Machine machine, double value, long sampledMillis) {
    if (!rule.breachedBy(value)) {
      open.cancel(alert);
      return;
    }
    long held = sampledMillis - alert.sinceMillis();
    if (isGap(alert, machine, sampledMillis) || held > rule.holdMillis() + OUTAGE_MILLIS) {
      open.restart(alert, value, sampledMillis);
    } else if (held >= rule.holdMillis()) {
      open.fire(alert, rule, machine, value, sampledMillis);
    }
    alert.sampleMillis = sampledMillis;
    alert.seenNanos = time.nanoTime();
  }

  // Of the time between two samples far apart nobody knows whether the condition held: to call it
  // held would fire on
  // two spikes with an outage between them.
  private static boolean isGap(OpenAlert alert, Machine machine, long sampledMillis) {
    return alert.sampleMillis != OpenAlert.UNSEEN
        && sampledMillis - alert.sampleMillis > machine.gapMillis();
  }

  private RuleCell[] makeCells(Machine machine, Series series) {
    int index = series.index();
    if (index >= bounds.series()) {
      counters.unwatched.increment();
      return NONE;
    }
    if (index >= cells.length) {
      grow(index);
    }
    take(series);
    var matching = rules.matching(machine, series.metric().name(), series.labels());
    RuleCell[] made = NONE;
    if (!matching.isEmpty() && cellCount + matching.size() > bounds.cells()) {
      counters.refusedCells.add(matching.size());
      LOG.warn(
          "alert_rules_too_many",
          "Too many rules apply to too many series: not all are evaluated",
          null,
          "limit",
          bounds.cells());
    } else if (!matching.isEmpty()) {
      made = makeCells(matching, machine, series);
    }
    cells[index] = made;
    machine.addSeries(index);
    return made;
  }

  private RuleCell[] makeCells(List<CompiledRule> matching, Machine machine, Series series) {
    var made = new RuleCell[matching.size()];
    for (int i = 0; i < made.length; i++) {
      var rule = matching.get(i);
      var alert = open.find(rule.name(), machine.id(), series.labels());
      made[i] = new RuleCell(rule, alert);
      if (alert != null) {
        alert.attach(made[i]);
        evaluatedMillis[series.index()] =
            Math.max(evaluatedMillis[series.index()], alert.changedMillis());
      }
    }
    countCells(made.length);
    return made;
  }

  private void take(Series series) {
    int index = series.index();
    var before = owners[index];
    if (before == series) {
      return;
    }
    if (before != null) {
      dropCells(index);
      var machine = machines.get(before.machineId());
      if (machine != null) {
        machine.removeSeries(index);
      }
    }
    owners[index] = series;
    evaluatedMillis[index] = NEVER;
  }

  private void dropCells(int index) {
    var ofSeries = cells[index];
    if (ofSeries != null) {
      countCells(-ofSeries.length);
      for (var cell : ofSeries) {
        if (cell.open != null) {
          cell.open.detach();
        }
      }
      cells[index] = null;
    }
  }

  private void grow(int index) {
    int length = Math.min(bounds.series(), Math.max(index + 1, cells.length * 2));
    int before = cells.length;
    cells = Arrays.copyOf(cells, length);
    owners = Arrays.copyOf(owners, length);
    evaluatedMillis = Arrays.copyOf(evaluatedMillis, length);
    Arrays.fill(evaluatedMillis, before, length, NEVER);
  }

  private void countCells(int more) {
    cellCount += more;
    counters.cells = cellCount;
  }

  private void forgetCells(Machine machine) {
    for (int index : machine.takeSeries()) {
      dropCells(index);
    }
    machine.absence(null);
  }

  private void withdrawUnmatched(List<OpenAlert> alerts) {
    for (var alert : alerts) {
      var value = alert.alert();
      var rule = rules.find(value.rule());
      var machine = machines.get(value.machineId());
      if (rule == null) {
        open.withdraw(alert, "rule " + value.rule() + " was removed");
      } else if (machine == null
          || !rule.metric().equals(value.metric())
          || !rule.mayKeep(machine, value.labels())) {
        open.withdraw(alert, "rule " + value.rule() + " was changed and no longer applies");
      }
    }
  }
}
