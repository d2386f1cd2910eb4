package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Series;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of all alerts. Guarded by its caller's lock, which is taken once for a batch, a
 * tick or new rules.
 *
 * <p>What is watched of a series lies in {@link SeriesCells}, what is open in {@link OpenAlerts},
 * and machines that say nothing are the business of {@link AbsenceCheck}.
 */
public final class Evaluator {
  private static final long STALE = Long.MIN_VALUE;

  /** An engine that was down for longer cannot say that a condition held meanwhile. */
  private static final long OUTAGE_MILLIS = Duration.ofHours(1).toMillis();

  private final TimeSource time;
  private final Bounds bounds;
  private final EvaluationCounters counters;
  private final OpenAlerts open;
  private final AbsenceCheck absence;
  private final UnheardSeries unheard;
  private final Map<String, Machine> machines = new HashMap<>();
  private final SeriesCells cells;
  private RuleIndex rules = new RuleIndex(List.of());

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
    this.absence = new AbsenceCheck(time, open);
    this.cells = new SeriesCells(bounds, counters, open, machines);
    this.unheard = new UnheardSeries(time, open, machines);
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
    absence.end(machine, rules);
    long sampledMillis = sampledMillis(machine, batch);
    if (sampledMillis == STALE) {
      counters.stale.add(batch.size());
    } else {
      machine.cover(sampledMillis);
      evaluate(machine, batch, sampledMillis);
    }
  }

  /**
   * Looks for machines that fell silent, for pending alerts that nothing more was heard of, and for
   * series that are gone. Called each second.
   */
  public void tick() {
    absence.tick(machines.values(), rules);
    unheard.tick();
  }

  /**
   * {@return whether nothing is heard of a machine and an alert says so: people are told of its
   * silence and of nothing else until it is back}
   */
  boolean isDown(String machineId) {
    var machine = machines.get(machineId);
    return machine != null && absence.isDown(machine);
  }

  /**
   * Fills what rules gather of a series from history, so that a forecast needs not wait for new
   * samples; nothing fires or resolves by it. To be called after its machine was heard, before the
   * series' first sample or soon after; samples that are not newer than the last one are left out.
   *
   * @param series of a machine that was heard
   * @param timesMillis the times of samples, rising
   * @param values as many values
   * @param step how far apart they are
   */
  void seed(Series series, long[] timesMillis, double[] values, Duration step) {
    var machine = machines.get(series.machineId());
    if (machine == null) {
      return;
    }
    long gapMillis = Math.max(machine.gapMillis(), 3 * step.toMillis());
    var known = cells.find(series);
    var ofSeries = known == null ? cells.make(machine, series, rules) : known;
    for (int i = 0; i < values.length; i++) {
      if (ofSeries.length > 0
          && Double.isFinite(values[i])
          && !cells.isLate(series.index(), timesMillis[i])) {
        for (var cell : ofSeries) {
          if (cell.derivation != null) {
            cell.derivation.take(timesMillis[i], values[i], gapMillis, false);
          }
        }
      }
    }
  }

  /** How far back rules look, by metric. */
  Map<String, Duration> windows() {
    return rules.windows();
  }

  /**
   * Puts other rules in force. Alerts that are open stay so where a rule of their name still
   * applies, and end otherwise.
   *
   * @param index the rules
   */
  public void install(RuleIndex index) {
    rules = index;
    machines.values().forEach(this::forgetCells);
    open.all().forEach(OpenAlert::detach);
    withdrawUnmatched(open.all());
  }

  /**
   * Takes over the alerts that an earlier run left open; rules must be installed after.
   *
   * @param alerts pending or firing ones
   */
  public void restore(List<Alert> alerts) {
    for (var alert : alerts) {
      if (alert.open() && (absence.isOfMany(alert) || machine(alert.machineId()) != null)) {
        open.restore(alert);
        var restored = open.find(alert.rule(), alert.machineId(), alert.labels());
        var machine = machines.get(alert.machineId());
        if (restored != null && machine != null) {
          restored.coveredMillis = machine.coveredMillis();
        }
      }
    }
  }

  /**
   * Begins with a machine, or goes on with it: its open alerts are those given and those that are
   * open here already. False where there are too many machines.
   */
  boolean adopt(String id, List<Alert> alerts, Optional<LastSeen> last) {
    if (id.equals(MassAbsence.MACHINE)) {
      restore(alerts);
      return true;
    }
    var machine = machine(id);
    if (machine == null) {
      return false;
    }
    last.ifPresent(seen -> machine.recall(seen, time.millis()));
    restore(alerts);
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

  /** Forgets a machine that is gone for good and ends its alerts; false where heard later. */
  boolean forget(String id, Instant at) {
    var machine = machines.get(id);
    if (machine != null && machine.lastSeen().filter(seen -> seen.at().isAfter(at)).isPresent()) {
      return false;
    }
    if (machine != null) {
      open.of(machine).forEach(alert -> open.withdraw(alert, "the machine was forgotten"));
      release(id);
    }
    return true;
  }

  private void forgetCells(Machine machine) {
    cells.drop(machine);
    machine.absence(null);
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
      var ofSeries = cells.find(series);
      if (ofSeries == null) {
        ofSeries = cells.make(machine, series, rules);
      }
      if (ofSeries.length == 0) {
        continue;
      }
      double value = batch.value(i);
      if (!Double.isFinite(value)) {
        counters.notFinite.increment();
        see(ofSeries, machine);
      } else if (cells.isLate(series.index(), sampledMillis)) {
        late++;
      } else {
        for (var cell : ofSeries) {
          evaluate(cell, machine, series, value, sampledMillis);
        }
      }
    }
    counters.samples.add(size);
    if (late > 0) {
      counters.late.add(late);
    }
  }

  private void evaluate(
      RuleCell cell, Machine machine, Series series, double value, long sampledMillis) {
    var derivation = cell.derivation;
    var alert = cell.open;
    double compared = value;
    if (alert != null) {
      alert.coveredMillis = machine.coveredMillis();
    }
    if (derivation != null) {
      boolean firing = alert != null && alert.isFiring();
      compared = derivation.take(sampledMillis, value, machine.gapMillis(), firing);
      if (Double.isNaN(compared)) {
        return;
      }
    }
    if (alert != null) {
      step(cell, alert, machine, compared, value, sampledMillis);
    } else if (cell.breachedBy(compared)) {
      begin(cell, machine, series.labels(), reading(cell, compared, value, sampledMillis));
    }
  }

  // No number is no reading, but the series is not gone either.
  private static void see(RuleCell[] ofSeries, Machine machine) {
    for (var cell : ofSeries) {
      if (cell.open != null) {
        cell.open.coveredMillis = machine.coveredMillis();
      }
    }
  }

  private static Reading reading(RuleCell cell, double compared, double value, long atMillis) {
    return new Reading(
        compared,
        atMillis,
        value,
        cell.derivation == null ? Double.NaN : cell.derivation.etaMillis());
  }

  private void begin(RuleCell cell, Machine machine, Labels labels, Reading reading) {
    cell.open =
        cell.rule.holdMillis() == 0
            ? open.fire(cell.rule, machine, labels, reading)
            : open.pend(cell.rule, machine, labels, reading);
    cell.open.attach(cell);
  }

  private void step(
      RuleCell cell,
      OpenAlert alert,
      Machine machine,
      double compared,
      double value,
      long sampledMillis) {
    var rule = cell.rule;
    if (alert.isFiring()) {
      if (rule.clearedBy(compared)) {
        open.resolve(alert, rule, machine, reading(cell, compared, value, sampledMillis));
      }
      return;
    }
    if (!rule.breachedBy(compared)) {
      open.cancel(alert);
      return;
    }
    long held = sampledMillis - alert.sinceMillis();
    if (isGap(alert, machine, sampledMillis) || held > rule.holdMillis() + OUTAGE_MILLIS) {
      open.restart(alert, compared, sampledMillis);
    } else if (held >= rule.holdMillis()) {
      open.fire(alert, rule, machine, reading(cell, compared, value, sampledMillis));
    }
    alert.sampleMillis = sampledMillis;
    alert.seenNanos = time.nanoTime();
  }

  // Of the time between two samples far apart nobody knows whether the condition held: to call it
  // held would fire on two spikes with an outage between them.
  private static boolean isGap(OpenAlert alert, Machine machine, long sampledMillis) {
    return alert.sampleMillis != OpenAlert.UNSEEN
        && sampledMillis - alert.sampleMillis > machine.gapMillis();
  }

  private void withdrawUnmatched(List<OpenAlert> alerts) {
    for (var alert : alerts) {
      var value = alert.alert();
      var rule = rules.find(value.rule());
      var machine = machines.get(value.machineId());
      if (absence.isOfMany(value)) {
        continue;
      }
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
