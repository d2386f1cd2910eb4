package io.sysmonstm.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs every benchmark once, briefly, with the first value of each parameter: they shall not rot.
 * The figures mean nothing.
 */
class BenchmarkSmokeTest {
  @TestFactory
  Stream<DynamicTest> everyBenchmarkRuns() {
    var quiet = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
    var all = BenchmarkList.defaultList().getAll(quiet, List.of());
    assertThat(all).isNotEmpty();
    return all.stream()
        .map(benchmark -> DynamicTest.dynamicTest(benchmark.getUsername(), () -> run(benchmark)));
  }

  private static void run(BenchmarkListEntry benchmark) throws Exception {
    var options =
        new OptionsBuilder()
            .include("^" + benchmark.getUsername().replace(".", "\\.") + "$")
            .mode(benchmark.getMode())
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(100))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    if (benchmark.getParams().hasValue()) {
      benchmark.getParams().get().forEach((name, values) -> options.param(name, values[0]));
    }
    var results = new Runner(options.build()).run();
    assertThat(results).hasSize(1);
    assertThat(results.iterator().next().getPrimaryResult().getScore()).isPositive();
  }
}
