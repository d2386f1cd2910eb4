package io.sysmonstm.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.AccessStoreProvider;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.Provider;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvidersTest {
  private final List<Provider<?>> providers =
      List.of(
          new EmbeddedCurrentStoreProvider(),
          new EmbeddedHistoryStoreProvider(),
          new EmbeddedAlertStoreProvider(),
          new EmbeddedAccessStoreProvider());

  @Test
  void areAllChosenByTheSameType() {
    assertThat(providers).extracting(provider -> provider.type()).containsOnly("embedded");
  }

  @Test
  void areDeclaredToTheHost() {
    var declared =
        ProvidersTest.class.getModule().getDescriptor().provides().stream()
            .collect(
                Collectors.toMap(provides -> provides.service(), provides -> provides.providers()));

    assertThat(declared)
        .containsOnly(
            entry(
                AccessStoreProvider.class.getName(),
                List.of(EmbeddedAccessStoreProvider.class.getName())),
            entry(
                CurrentStoreProvider.class.getName(),
                List.of(EmbeddedCurrentStoreProvider.class.getName())),
            entry(
                HistoryStoreProvider.class.getName(),
                List.of(EmbeddedHistoryStoreProvider.class.getName())),
            entry(
                AlertStoreProvider.class.getName(),
                List.of(EmbeddedAlertStoreProvider.class.getName())));
  }

  @Test
  void readTheseSettingsWithTheseDefaults() {
    var defaults =
        providers.stream()
            .flatMap(provider -> provider.settings().stream())
            .collect(Collectors.toMap(Setting::key, setting -> setting.defaultText().orElse("")));

    assertThat(defaults)
        .containsOnly(
            entry("current.ttl", "5m"),
            entry("history.retention.raw", "48h"),
            entry("history.retention.1m", "30d"),
            entry("history.retention.1h", "2y"));
  }

  @Test
  void makeStoresInTheDataDirectory(@TempDir Path directory) {
    var none = Settings.of(Map.of());
    try (var context = new TestContext(new ManualTime(), directory);
        var current = new EmbeddedCurrentStoreProvider().create(none, context);
        var history = new EmbeddedHistoryStoreProvider().create(none, context);
        var alerts = new EmbeddedAlertStoreProvider().create(none, context);
        var access = new EmbeddedAccessStoreProvider().create(none, context)) {
      assertThat(List.of(current.health(), history.health(), alerts.health(), access.health()))
          .allMatch(health -> health.isOk());
      assertThat(Files.exists(directory.resolve("history.db"))).isTrue();
      assertThat(Files.exists(directory.resolve("alerts.db"))).isTrue();
      assertThat(Files.exists(directory.resolve("access.db"))).isTrue();
    }
  }

  @Test
  void refuseSettingsThatDoNotFitTogether(@TempDir Path directory) {
    var settings =
        Settings.of(Map.of("history.retention.raw", "40d", "history.retention.1h", "7d"));
    try (var context = new TestContext(new ManualTime(), directory)) {
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(() -> new EmbeddedHistoryStoreProvider().create(settings, context))
          .satisfies(
              problem ->
                  assertThat(problem.problems())
                      .containsExactly(
                          "history.retention.1m is 30d: expected at least the 40d of history.retention.raw",
                          "history.retention.1h is 7d: expected at least the 30d of history.retention.1m"));
    }
  }
}
