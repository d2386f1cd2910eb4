package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimescaleHistoryStoreProviderTest {
  private final TimescaleHistoryStoreProvider provider = new TimescaleHistoryStoreProvider();

  @Test
  void hasTheKeysOfTheContract() {
    assertThat(provider.type()).isEqualTo("timescale");
    assertThat(provider.settings())
        .extracting(Setting::key)
        .containsExactly(
            "timescale.url",
            "timescale.user",
            "timescale.password",
            "history.retention.raw",
            "history.retention.1m",
            "history.retention.1h");
    assertThat(provider.settings()).filteredOn(Setting::secret).hasSize(1);
  }

  @Test
  void refusesWhatCannotWork(@TempDir Path directory) {
    try (var context = new TestContext(TimeSource.system(), directory)) {
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(
              () ->
                  provider.create(
                      Settings.of(Map.of("timescale.url", "postgres://u:secret@h")), context))
          .withMessageContaining("timescale.url")
          .withMessageNotContaining("secret");
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(
              () ->
                  provider.create(
                      Settings.of(
                          Map.of(
                              "history.retention.raw", "1m",
                              "history.retention.1m", "30s",
                              "history.retention.1h", "10s")),
                      context))
          .satisfies(problem -> assertThat(problem.problems()).hasSize(4));
    }
  }
}
