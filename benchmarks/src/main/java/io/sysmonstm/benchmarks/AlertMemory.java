package io.sysmonstm.benchmarks;

import io.sysmonstm.alerts.engine.internal.Bounds;
import io.sysmonstm.alerts.engine.internal.Evaluator;
import io.sysmonstm.alerts.engine.internal.RuleIndex;
import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * What does the evaluator keep of a series in memory? Prints bytes for each series with no rule,
 * and with one of each form: heap in use after a collection, less that before, without the series
 * themselves, which the registry keeps. In the last column all of them fire.
 *
 * <p>{@code java -cp 'benchmarks/target/classes:benchmarks/target/lib/*'
 * io.sysmonstm.benchmarks.AlertMemory 100000}
 */
public final class AlertMemory {
  private static final int OF_MACHINE = 100;

  private AlertMemory() {}

  /** Measures for a number of series, 100,000 unless told otherwise. */
  public static void main(String[] arguments) {
    int count = arguments.length == 0 ? 100_000 : Integer.parseInt(arguments[0]);
    System.out.printf("%-10s %10s %14s%n", "rule", "B/series", "B/firing one");
    for (var form : List.of("none", "threshold", "forecast", "change")) {
      double quiet = bytes(form, count, 50);
      double firing = form.equals("threshold") ? bytes(form, count, 99) : Double.NaN;
      System.out.printf("%-10s %10.0f %14.0f%n", form, quiet, firing);
    }
  }

  private static double bytes(String form, int count, double value) {
    var registry = new SeriesRegistry(OF_MACHINE, count);
    var batches = new Batch[count / OF_MACHINE];
    for (int m = 0; m < batches.length; m++) {
      var series = new Series[OF_MACHINE];
      for (int i = 0; i < OF_MACHINE; i++) {
        series[i] =
            registry
                .intern("machine-" + m, "metric", Labels.of("part", Integer.toString(i)))
                .orElseThrow();
      }
      var values = new double[OF_MACHINE];
      Arrays.fill(values, value);
      batches[m] =
          new Batch("machine-" + m, new UUID(1, 1), 1, 0, series, values, List.of(), false);
    }
    long before = used();
    var evaluator = evaluate(form, count, batches);
    long after = used();
    Objects.requireNonNull(evaluator.machine("machine-0"));
    return (double) (after - before) / count;
  }

  private static Evaluator evaluate(String form, int count, Batch[] batches) {
    var evaluator =
        new Evaluator(
            TimeSource.system(),
            new SelfMetrics(),
            new Bounds(20_000, count, count),
            (alert, change) -> {});
    var condition = AlertEvaluationBenchmark.condition(form, "metric", 90);
    evaluator.install(
        new RuleIndex(
            form.equals("none")
                ? List.of()
                : List.of(AlertEvaluationBenchmark.rule("r", condition, Map.of()))));
    for (var batch : batches) {
      var machine = Objects.requireNonNull(evaluator.machine(batch.machineId()));
      for (int i = 0; i < 3; i++) {
        evaluator.evaluate(machine, batch, 5_000L * i);
      }
    }
    return evaluator;
  }

  private static long used() {
    var runtime = Runtime.getRuntime();
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
