package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.MetricSourceProvider;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Roles, plugins and sources for tests of {@link Configuration}. */
abstract class ConfigurationFixture {
  static final Setting<Endpoint> AGGREGATOR_URL =
      Endpoint.target("collector.aggregator-url", "Where batches go.")
          .withDefault("localhost:50051");
  static final Setting<Duration> INTERVAL =
      Setting.duration("collector.collection-interval", "How often.").withDefault("5s");
  static final Setting<Map<String, String>> TAGS =
      Setting.map("collector.tags", "Labels of the machine.");
  static final Setting<List<String>> SOURCES =
      Setting.list("collector.sources", "What is read.").withDefault("oshi");
  static final Setting<Endpoint> LISTEN =
      Endpoint.listen("aggregator.listen", "Where it listens.").withDefault("127.0.0.1:50051");
  static final Setting<Endpoint> GATEWAY_LISTEN =
      Endpoint.listen("gateway.listen", "Where it listens.").withDefault("127.0.0.1:8000");
  static final Setting<String> EDGE_URL = Setting.text("gateway.edge-url", "Where the edge is.");
  static final Setting<String> EDGE_TOKEN =
      Setting.text("gateway.edge-token", "What the edge asks for.").asSecret();
  static final Setting<String> HISTORY =
      Setting.text("history.store", "Which history.").withDefault("embedded");
  static final Setting<String> TIMESCALE_URL =
      Setting.text("timescale.url", "The database.").withDefault("jdbc:postgresql://localhost/x");
  static final Setting<String> TIMESCALE_PASSWORD =
      Setting.text("timescale.password", "Its password.").asSecret();
  static final Setting<Duration> RETENTION =
      Setting.duration("history.retention.raw", "How long.").withDefault("48h");
  static final Setting<String> URL = Setting.text("url", "Where to.");
  static final Setting<String> SECRET = Setting.text("secret", "The key.").asSecret();
  static final Setting<Map<String, String>> HEADERS = Setting.map("headers", "Headers.");

  static final RoleSettings COLLECTOR =
      RoleSettings.builder("collector")
          .settings(List.of(AGGREGATOR_URL, INTERVAL, TAGS))
          .choice(SOURCES, MetricSourceProvider.class)
          .build();
  static final RoleSettings AGGREGATOR =
      RoleSettings.builder("aggregator")
          .settings(List.of(LISTEN))
          .choice(HISTORY, HistoryStoreProvider.class)
          .choice(HISTORY, AlertStoreProvider.class)
          .build();
  static final RoleSettings ALERTS =
      RoleSettings.builder("alerts")
          .instances("alerts.notifiers", NotifierProvider.class, "log")
          .build();
  static final RoleSettings GATEWAY =
      RoleSettings.builder("gateway")
          .settings(List.of(GATEWAY_LISTEN, EDGE_URL, EDGE_TOKEN))
          .alias("EDGE_URL", EDGE_URL)
          .build();
  static final List<RoleSettings> ALL = List.of(COLLECTOR, AGGREGATOR, ALERTS, GATEWAY);

  @TempDir Path directory;

  final Map<String, String> environment = new LinkedHashMap<>();
  final List<String> flags = new ArrayList<>();
  final List<FoundProvider> providers = new ArrayList<>();

  @BeforeEach
  void provide() {
    providers.add(FakeProviders.source("oshi"));
    providers.add(FakeProviders.history("embedded", RETENTION));
    providers.add(FakeProviders.alerts("embedded"));
    providers.add(FakeProviders.history("timescale", TIMESCALE_URL, TIMESCALE_PASSWORD, RETENTION));
    providers.add(FakeProviders.alerts("timescale"));
    providers.add(FakeProviders.notifier("log"));
    providers.add(FakeProviders.notifier("webhook", URL, SECRET, HEADERS));
  }

  static RoleSettings standalone() {
    return RoleSettings.builder("standalone")
        .include(COLLECTOR)
        .include(AGGREGATOR)
        .include(ALERTS)
        .include(GATEWAY)
        .build();
  }

  Path file(String text) {
    try {
      var file = Files.writeString(directory.resolve("sysmonstm.yaml"), text);
      if (!flags.contains("--config")) {
        flags.addAll(List.of("--config", file.toString()));
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ConfigurationSources read() {
    return ConfigurationSources.read(flags, environment);
  }

  Configuration load(RoleSettings role) {
    return Configuration.loader(read(), ProviderRegistry.of(providers)).others(ALL).load(role);
  }

  List<String> problems(RoleSettings role) {
    var failure = catchThrowableOfType(ConfigException.class, () -> load(role));
    assertThat(failure).as("a refusal").isNotNull();
    return failure.problems();
  }
}
