package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.DuplicateProviderException;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.TimeSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Providers of the host itself. */
class ProviderRegistryTest {
  @TempDir Path directory;

  private HostContext host;

  @BeforeEach
  void open() {
    host = HostContext.open(TimeSource.system(), directory.resolve("data"));
  }

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  void isMadeByItsTypeAndKnowsItsInstanceName() {
    var registry = ProviderRegistry.of(List.of(FakeProviders.notifier("log")));

    Notifier notifier = create(registry, "log", "ops");

    assertThat(notifier).isEqualTo(new FakeProviders.Named("ops"));
  }

  @Test
  void oneThatCannotWorkHereSaysWhy() {
    var registry = ProviderRegistry.of(List.of(FakeProviders.current("lunar")));

    assertThatThrownBy(
            () ->
                registry.create(
                    CurrentStoreProvider.class, "lunar", "lunar", Settings.of(Map.of()), host))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("CurrentStore 'lunar' of ")
        .hasMessageEndingWith("cannot work here: it needs a moon");
    assertThat(registry.list(host))
        .singleElement()
        .extracting(ProviderListing::problem)
        .isEqualTo(Optional.of("it needs a moon"));
  }

  @Test
  void oneThatFailsIsNamed() {
    var registry = ProviderRegistry.of(List.of(FakeProviders.history("embedded")));

    assertThatThrownBy(
            () ->
                registry.create(
                    HistoryStoreProvider.class, "embedded", "x", Settings.of(Map.of()), host))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("HistoryStore 'embedded' of ")
        .hasMessageContaining("no disk");
  }

  @Test
  void anUnknownTypeIsRefusedWithThoseThereAre() {
    var registry = ProviderRegistry.of(List.of(FakeProviders.notifier("log")));

    assertThatThrownBy(() -> create(registry, "lgo", "x"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("there is no Notifier 'lgo': expected log; did you mean log?");
  }

  @Test
  void twoOfOneTypeAreRefusedByNameButListed() {
    var registry =
        ProviderRegistry.of(List.of(FakeProviders.notifier("log"), FakeProviders.notifier("log")));

    assertThatThrownBy(registry::check)
        .isInstanceOf(DuplicateProviderException.class)
        .hasMessageContaining("Notifier 'log' is claimed by")
        .hasMessageContaining(" and ");
    assertThat(registry.list(host)).allMatch(line -> line.problem().isPresent());
  }

  private Notifier create(ProviderRegistry registry, String type, String name) {
    return registry.create(NotifierProvider.class, type, name, Settings.of(Map.of()), host);
  }
}
