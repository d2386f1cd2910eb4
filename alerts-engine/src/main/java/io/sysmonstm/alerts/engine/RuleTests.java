package io.sysmonstm.alerts.engine;

import io.sysmonstm.alerts.engine.internal.RuleTestFile;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Rule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Unit tests of rules: a YAML file with rules, samples, and the alerts that are expected to fire at
 * certain times, evaluated as in production but with a clock that goes as fast as it can.
 * Stateless.
 */
public final class RuleTests {
  private RuleTests() {}

  /**
   * What came out.
   *
   * @param tests how many tests there are
   * @param failures what was not as expected, each naming the test, the time and the alerts
   */
  public record Result(int tests, List<String> failures) {
    /** Copies the failures. */
    public Result {
      failures = List.copyOf(failures);
    }
  }

  /**
   * Runs the tests of a file.
   *
   * @param path a YAML file of at most 1 MiB; {@code rules} in it names a rules file beside it, or
   *     is a list of rules
   * @return what came out
   * @throws ConfigException where the file, or its rules, cannot be read as such
   */
  public static Result run(Path path) {
    var file =
        RuleTestFile.parse(
            String.valueOf(path.getFileName()), RulesFile.content(path), name -> at(path, name));
    var failures = new ArrayList<String>();
    for (var test : file.tests()) {
      for (var failure : test.run(file.rules())) {
        failures.add("%s: test %s: %s".formatted(path.getFileName(), test.name(), failure));
      }
    }
    return new Result(file.tests().size(), failures);
  }

  private static List<Rule> at(Path testFile, String name) {
    return RulesFile.read(testFile.resolveSibling(name));
  }
}
