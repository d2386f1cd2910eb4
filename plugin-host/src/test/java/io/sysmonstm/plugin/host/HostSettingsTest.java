package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostSettingsTest {
  @Test
  void keysAndDefaultsArePinned() {
    var environment = Map.of("XDG_STATE_HOME", "/state");

    assertThat(HostSettings.all(environment, false))
        .extracting(setting -> setting.key() + "=" + setting.defaultText().orElse("none"))
        .containsExactly(
            "data-directory=/state/sysmonstm",
            "plugins-directory=plugins",
            "log.format=json",
            "log.level=info",
            "allow-insecure=false");
  }

  @Test
  void aPersonAtATerminalGetsText() {
    assertThat(HostSettings.all(Map.of(), true))
        .anyMatch(
            setting ->
                setting.key().equals("log.format")
                    && setting.defaultText().equals(Optional.of("text")));
  }

  @Test
  void theStateDirectoryOfXdgIsUsedWhereItIsAbsolute() {
    assertThat(HostSettings.defaultDataDirectory(Map.of("XDG_STATE_HOME", "/state")))
        .isEqualTo(Path.of("/state/sysmonstm"));
    assertThat(HostSettings.defaultDataDirectory(Map.of("XDG_STATE_HOME", "state", "HOME", "/h")))
        .isIn(Path.of("/var/lib/sysmonstm"), Path.of("/h/.local/state/sysmonstm"));
  }

  @Test
  void levelsAreReadByTheirNames() {
    assertThat(HostSettings.LOG_LEVEL.parse("debug")).contains(Level.DEBUG);
    assertThat(HostSettings.LOG_LEVEL.parse("warn")).contains(Level.WARNING);
    assertThat(HostSettings.LOG_LEVEL.parse("warning")).contains(Level.WARNING);
    assertThat(HostSettings.LOG_LEVEL.parse("error")).contains(Level.ERROR);
    assertThat(HostSettings.LOG_LEVEL.parse("trace")).isEmpty();
    assertThat(HostSettings.LOG_FORMAT.parse("JSON")).isEmpty();
  }
}
