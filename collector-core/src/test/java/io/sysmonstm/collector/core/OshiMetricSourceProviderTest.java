package io.sysmonstm.collector.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.MetricSourceProvider;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OshiMetricSourceProviderTest {
  private final OshiMetricSourceProvider provider = new OshiMetricSourceProvider();

  @Test
  void isDeclaredForTheServiceLoader() {
    var module = OshiMetricSourceProvider.class.getModule();
    assertThat(module.getDescriptor().provides())
        .anySatisfy(
            provided -> {
              assertThat(provided.service()).isEqualTo(MetricSourceProvider.class.getName());
              assertThat(provided.providers())
                  .containsExactly(OshiMetricSourceProvider.class.getName());
            });
    assertThat(provider.type()).isEqualTo("oshi");
  }

  @Test
  void itsKeysAndDefaultsAreThese() {
    assertThat(provider.settings())
        .extracting(Setting::key)
        .containsExactly(
            "collector.oshi.skip-interfaces",
            "collector.oshi.skip-mounts",
            "collector.oshi.top-processes");
    assertThat(provider.settings())
        .extracting(setting -> setting.defaultText().orElseThrow())
        .containsExactly("veth*,docker*", "", "10");
  }

  @Test
  void makesOneSourceForEachConcern(@TempDir Path directory) {
    try (var context = new TestContext(TimeSource.system(), directory)) {
      assertThat(provider.availability(context).problem()).isEmpty();
      List<MetricSource> sources = provider.create(Settings.of(Map.of()), context);
      assertThat(sources)
          .extracting(MetricSource::name)
          .containsExactly(
              "cpu", "memory", "filesystem", "disk", "network", "process", "machine", "agent");
    }
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> new OshiOptions(List.of(), List.of(), 11))
        .hasMessageContaining("11 top processes: expected 0 to 10");
  }
}
