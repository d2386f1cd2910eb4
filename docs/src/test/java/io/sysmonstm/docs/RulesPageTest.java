package io.sysmonstm.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.alerts.engine.RuleTests;
import io.sysmonstm.alerts.engine.RulesFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page on rules shows is as it says. */
class RulesPageTest {
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n(.*?)```");

  @TempDir private Path directory;

  private static List<String> examples() throws IOException {
    return EXAMPLE
        .matcher(Files.readString(Path.of("rules.md")))
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  @Test
  void itsRulesHaveNoProblemsAndPassItsTests() throws IOException {
    var examples = examples();
    assertThat(examples).hasSize(2);
    var rules = Files.writeString(directory.resolve("rules.yaml"), examples.getFirst());
    assertThat(RulesFile.check(rules)).isEmpty();
    assertThat(RulesFile.read(rules)).hasSize(4);

    var tests = Files.writeString(directory.resolve("rules-test.yaml"), examples.getLast());
    var result = RuleTests.run(tests);
    assertThat(result.failures()).isEmpty();
    assertThat(result.tests()).isEqualTo(1);
  }
}
