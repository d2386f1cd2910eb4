package io.sysmonstm.benchmarks;

import io.sysmonstm.alerts.engine.internal.Bounds;
import io.sysmonstm.alerts.engine.internal.Evaluator;
import io.sysmonstm.alerts.engine.internal.Machine;
import io.sysmonstm.alerts.engine.internal.RuleIndex;
import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Operator;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.Severity;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does the evaluation of one sample cost, and does the number of rules matter that do not
 * apply to it?
 *
 * <p>Machines of 100 series each, in batches of 100 samples, machine after machine: with 100,000
 * series no cache holds them all. Each machine has 20 metrics x 5 labels, and 5 of these series
 * have 2 rules that apply to them; all other rules name other machines or metrics. These two
 * compare samples with a threshold, forecasts over 6 hours, or changes over 10 minutes. In {@code
 * quiet} nothing breaches; in {@code firing} the rules that apply have fired and stay so; in {@code
 * flapping} each of them fires or resolves with every cycle, with alerts, messages and ids, and an
 * outbox that takes them; only a threshold does all of that by these samples.
 *
 * <p>What a series keeps in memory is measured by {@link AlertMemory}.
 *
 * <p>Run with {@code -prof gc}: {@code gc.alloc.rate.norm} is bytes per sample, 0 in the quiet case
 * and while firing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
// JMH calls the set-up before anything else.
@SuppressWarnings("NullAway.Init")
public class AlertEvaluationBenchmark {
  private static final int SAMPLES = 100;
  private static final int METRICS = 20;
  private static final int BATCHES = 10;

  @Param({"10", "1000", "10000"})
  private int rules;

  @Param({"1000", "100000", "1000000"})
  private int series;

  @Param({"threshold", "forecast", "change"})
  private String form;

  private Evaluator evaluator;
  private Machine[] machines;
  private Batch[] calm;
  private Batch[] breaching;
  private int next;
  private long millis;
  private boolean up;
  private long changes;

  @Setup(Level.Trial)
  public void create() {
    var registry = new SeriesRegistry(SAMPLES, series);
    evaluator =
        new Evaluator(
            TimeSource.system(),
            new SelfMetrics(),
            new Bounds(20_000, series, 1_000_000),
            (alert, change) -> changes++);
    evaluator.install(new RuleIndex(rules()));
    int count = series / SAMPLES;
    machines = new Machine[count];
    calm = new Batch[count];
    breaching = new Batch[count];
    for (int i = 0; i < count; i++) {
      var id = "machine-" + i;
      machines[i] = Objects.requireNonNull(evaluator.machine(id));
      var ofMachine = seriesOf(registry, id);
      calm[i] = batch(id, ofMachine, 50);
      breaching[i] = batch(id, ofMachine, 99);
    }
    millis = System.currentTimeMillis();
    // The first sight of each series is another question.
    for (int i = 0; i < count; i++) {
      evaluator.evaluate(machines[i], calm[i], millis);
    }
    millis += 5_000;
  }

  private static Series[] seriesOf(SeriesRegistry registry, String machine) {
    var made = new Series[SAMPLES];
    for (int s = 0; s < SAMPLES; s++) {
      var labels = Labels.of("core", Integer.toString(s / METRICS));
      made[s] = registry.intern(machine, "metric_" + s % METRICS, labels).orElseThrow();
    }
    return made;
  }

  private static Batch batch(String machine, Series[] series, double value) {
    var values = new double[series.length];
    Arrays.fill(values, value);
    return new Batch(machine, new UUID(1, 1), 1, 0, series, values, List.of(), false);
  }

  /** Two rules that apply to five of the hundred series of each machine; the rest apply to none. */
  private List<Rule> rules() {
    var made = new ArrayList<Rule>();
    made.add(rule("warn", condition(form, "metric_0", 90), Map.of("core", "?")));
    made.add(rule("crit", condition(form, "metric_0", 95), Map.of("core", "?")));
    for (int i = 2; i < rules; i++) {
      var match = i % 2 == 0 ? Map.of("machine", "other-" + i) : Map.of("core", "x" + i);
      made.add(rule("rule-" + i, condition(form, "metric_" + i % METRICS, 90), match));
    }
    return made;
  }

  static Rule.Condition condition(String form, String metric, double limit) {
    return switch (form) {
      case "forecast" ->
          new Rule.Forecast(
              metric, Operator.GT, limit, limit, Duration.ofHours(24), Duration.ofHours(6));
      case "change" -> new Rule.Change(metric, Operator.GT, limit, limit, Duration.ofMinutes(10));
      default -> new Rule.Threshold(metric, Operator.GT, limit, limit);
    };
  }

  static Rule rule(String name, Rule.Condition condition, Map<String, String> match) {
    return new Rule(
        name,
        condition,
        match,
        Duration.ZERO,
        Severity.WARNING,
        Optional.empty(),
        Rule.Origin.FILE);
  }

  private void evaluate(Batch[] batches) {
    for (int i = 0; i < BATCHES; i++) {
      if (next == batches.length) {
        next = 0;
        millis += 5_000;
        up = !up;
      }
      evaluator.evaluate(machines[next], batches[next], millis);
      next++;
    }
  }

  @Benchmark
  @OperationsPerInvocation(SAMPLES * BATCHES)
  public void quiet() {
    evaluate(calm);
  }

  @Benchmark
  @OperationsPerInvocation(SAMPLES * BATCHES)
  public void firing() {
    evaluate(breaching);
  }

  @Benchmark
  @OperationsPerInvocation(SAMPLES * BATCHES)
  public long flapping() {
    evaluate(up ? breaching : calm);
    return changes;
  }
}
