package io.sysmonstm.alerts.engine;

import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.nio.file.Path;
import java.util.List;

/** The configuration of the alerts engine, for hosts. Stateless. */
public final class AlertSettings {
  /** The file that rules are read from; left out, the bundled starter rules are in force. */
  public static final Setting<Path> RULES_FILE =
      Setting.path(
          "alerts.rules-file", "File with alert rules, in YAML; the bundled rules if left out.");

  private AlertSettings() {}

  /** {@return all settings} */
  public static List<Setting<?>> all() {
    return List.of(RULES_FILE);
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
