package io.sysmonstm.alerts.engine;

import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The configuration of the alerts engine, for hosts. Stateless. */
public final class AlertSettings {
  /** The file that rules are read from; left out, the bundled starter rules are in force. */
  public static final Setting<Path> RULES_FILE =
      Setting.path(
          "alerts.rules-file", "File with alert rules, in YAML; the bundled rules if left out.");

  /** How long the news of a rule waits for more of the same rule. */
  public static final Setting<Duration> GROUP_WAIT =
      Setting.duration(
              "alerts.group-wait",
              "How long the news of a rule waits for more of it, to be told in one message.")
          .withDefault("10s");

  /** After what time people are told again. */
  public static final Setting<Duration> REPEAT =
      Setting.duration(
              "alerts.repeat",
              "After what time it is told again that an alert fires, unless it is acknowledged.")
          .withDefault("4h");

  /** How many messages a notifier sends in a minute. */
  public static final Setting<Integer> MAX_NOTICES =
      Setting.number(
              "alerts.max-notices",
              "The most messages of one notifier in a minute; the last one tells all that waits.",
              1,
              10_000)
          .withDefault("30");

  private AlertSettings() {}

  /** {@return all settings} */
  public static List<Setting<?>> all() {
    return List.of(RULES_FILE, GROUP_WAIT, REPEAT, MAX_NOTICES);
  }

  /**
   * {@return the rules that the settings ask for}
   *
   * @param settings with values of {@link #all}
   * @param metrics where refused versions of the file are counted
   * @throws io.sysmonstm.api.ConfigException with all problems of the rules file
   */
  public static RuleSource rules(Settings settings, SelfMetrics metrics) {
    var file = settings.find(RULES_FILE);
    return file.isPresent() ? RulesFile.open(file.get(), metrics) : StarterRules.source();
  }
}
