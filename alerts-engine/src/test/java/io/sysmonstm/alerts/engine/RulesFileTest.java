package io.sysmonstm.alerts.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesFileTest {
  private static final String ONE = "rules: [{name: one, absent: 30s}]";
  private static final String TWO = "rules: [{name: two, absent: 30s}]";

  @TempDir private Path directory;

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("rules.yaml"), text);
  }

  private static List<String> names(RuleSource source) {
    return source.rules().stream().map(Rule::name).toList();
  }

  @Test
  void followsTheContentEvenWhereTimeAndSizeStayTheSame() throws IOException {
    var file = write(ONE);
    var time = Files.getLastModifiedTime(file);
    var source = RulesFile.open(file, new SelfMetrics());
    assertThat(names(source)).containsExactly("one");
    write(TWO);
    Files.setLastModifiedTime(file, time);
    assertThat(names(source)).containsExactly("two");
    assertThat(source.rules()).isSameAs(source.rules());
  }

  @Test
  void followsAnAtomicRename() throws IOException {
    var file = write(ONE);
    var source = RulesFile.open(file, new SelfMetrics());
    var next = Files.writeString(directory.resolve("next"), TWO);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    assertThat(names(source)).containsExactly("two");
  }

  @Test
  void keepsTheOldRulesWhileTheFileIsBadAndSaysSo() throws IOException {
    var metrics = new SelfMetrics();
    var source = RulesFile.open(write(ONE), metrics);
    write("rules: [{name: two, absent: soon}, {name: three, absent: never}]");
    for (int i = 0; i < 3; i++) {
      assertThat(names(source)).containsExactly("one");
    }
    assertThat(source.health().problem().orElse(""))
        .contains("rules read last stay in force", "rule two", "'soon'", "1 more");
    assertThat(metrics.counter("alerts_rules_refused_total", "").sum()).isEqualTo(1);
    write(TWO);
    assertThat(names(source)).containsExactly("two");
    assertThat(source.health().isOk()).isTrue();
  }

  @Test
  void keepsTheOldRulesWhileTheFileIsGone() throws IOException {
    var file = write(ONE);
    var source = RulesFile.open(file, new SelfMetrics());
    Files.delete(file);
    assertThat(names(source)).containsExactly("one");
    assertThat(names(source)).containsExactly("one");
    assertThat(source.health().problem().orElse("")).contains("no such file");
    write(ONE);
    assertThat(names(source)).containsExactly("one");
    assertThat(source.health().isOk()).isTrue();
  }

  @Test
  void refusesToOpenABadFile() throws IOException {
    var file = write("rules: [{name: one}]");
    assertThatThrownBy(() -> RulesFile.open(file, new SelfMetrics()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("rule one");
    assertThatThrownBy(() -> RulesFile.open(directory.resolve("missing.yaml"), new SelfMetrics()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("missing.yaml");
    assertThatThrownBy(() -> RulesFile.open(directory, new SelfMetrics()))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void checksAFileForTheCommandLine() throws IOException {
    assertThat(RulesFile.check(write(ONE))).isEmpty();
    assertThat(RulesFile.check(write("rules: [{name: one}]")))
        .isNotEmpty()
        .allMatch(problem -> problem.startsWith("rules.yaml line 1: rule one: "));
    assertThat(RulesFile.read(write(ONE))).hasSize(1);
  }

  @Test
  void isWhatTheSettingNames() throws IOException {
    assertThat(AlertSettings.all())
        .extracting(setting -> setting.key())
        .containsExactly(
            "alerts.rules-file", "alerts.group-wait", "alerts.repeat", "alerts.max-notices");
    var settings = Settings.of(Map.of("alerts.rules-file", write(TWO).toString()));
    assertThat(names(AlertSettings.rules(settings, new SelfMetrics()))).containsExactly("two");
    assertThat(names(AlertSettings.rules(Settings.of(Map.of()), new SelfMetrics())))
        .contains("disk-filling", "machine-down");
  }

  @Test
  void comesWithTheDefaultsOfNotifications() {
    var settings = Settings.of(Map.of());
    assertThat(settings.get(AlertSettings.GROUP_WAIT)).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.get(AlertSettings.REPEAT)).isEqualTo(Duration.ofHours(4));
    assertThat(settings.get(AlertSettings.MAX_NOTICES)).isEqualTo(30);
  }
}
