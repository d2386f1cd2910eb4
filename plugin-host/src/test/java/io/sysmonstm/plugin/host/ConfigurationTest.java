package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.DuplicateProviderException;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.MetricSourceProvider;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
  private static final Setting<Endpoint> AGGREGATOR_URL =
      Endpoint.target("collector.aggregator-url", "Where batches go.")
          .withDefault("localhost:50051");
  private static final Setting<Duration> INTERVAL =
      Setting.duration("collector.collection-interval", "How often.").withDefault("5s");
  private static final Setting<Map<String, String>> TAGS =
      Setting.map("collector.tags", "Labels of the machine.");
  private static final Setting<List<String>> SOURCES =
      Setting.list("collector.sources", "What is read.").withDefault("oshi");
  private static final Setting<Endpoint> LISTEN =
      Endpoint.listen("aggregator.listen", "Where it listens.").withDefault("127.0.0.1:50051");
  private static final Setting<Endpoint> GATEWAY_LISTEN =
      Endpoint.listen("gateway.listen", "Where it listens.").withDefault("127.0.0.1:8000");
  private static final Setting<String> EDGE_URL =
      Setting.text("gateway.edge-url", "Where the edge is.");
  private static final Setting<String> EDGE_TOKEN =
      Setting.text("gateway.edge-token", "What the edge asks for.").asSecret();
  private static final Setting<String> HISTORY =
      Setting.text("history.store", "Which history.").withDefault("embedded");
  private static final Setting<String> TIMESCALE_URL =
      Setting.text("timescale.url", "The database.").withDefault("jdbc:postgresql://localhost/x");
  private static final Setting<String> TIMESCALE_PASSWORD =
      Setting.text("timescale.password", "Its password.").asSecret();
  private static final Setting<Duration> RETENTION =
      Setting.duration("history.retention.raw", "How long.").withDefault("48h");
  private static final Setting<String> URL = Setting.text("url", "Where to.");
  private static final Setting<String> SECRET = Setting.text("secret", "The key.").asSecret();
  private static final Setting<Map<String, String>> HEADERS = Setting.map("headers", "Headers.");

  private static final RoleSettings COLLECTOR =
      RoleSettings.builder("collector")
          .settings(List.of(AGGREGATOR_URL, INTERVAL, TAGS))
          .choice(SOURCES, MetricSourceProvider.class)
          .build();
  private static final RoleSettings AGGREGATOR =
      RoleSettings.builder("aggregator")
          .settings(List.of(LISTEN))
          .choice(HISTORY, HistoryStoreProvider.class)
          .choice(HISTORY, AlertStoreProvider.class)
          .build();
  private static final RoleSettings ALERTS =
      RoleSettings.builder("alerts")
          .instances("alerts.notifiers", NotifierProvider.class, "log")
          .build();
  private static final RoleSettings GATEWAY =
      RoleSettings.builder("gateway")
          .settings(List.of(GATEWAY_LISTEN, EDGE_URL, EDGE_TOKEN))
          .alias("EDGE_URL", EDGE_URL)
          .build();
  private static final List<RoleSettings> ALL = List.of(COLLECTOR, AGGREGATOR, ALERTS, GATEWAY);

  @TempDir Path directory;

  private final Map<String, String> environment = new LinkedHashMap<>();
  private final List<String> flags = new ArrayList<>();
  private final List<FoundProvider> providers = new ArrayList<>();

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

  @Nested
  class Precedence {
    @Test
    void nothingGivenIsTheDefault() {
      var configuration = load(COLLECTOR);

      assertThat(configuration.get(AGGREGATOR_URL)).hasToString("localhost:50051");
      assertThat(configuration.isGiven(AGGREGATOR_URL)).isFalse();
    }

    @Test
    void theFileWinsOverTheDefaultAndTheEnvironmentOverTheFile() {
      file("collector:\n  collection-interval: 10s\n  aggregator-url: file:1\n");
      environment.put("COLLECTOR_AGGREGATOR_URL", "environment:2");

      var configuration = load(COLLECTOR);

      assertThat(configuration.get(INTERVAL)).isEqualTo(Duration.ofSeconds(10));
      assertThat(configuration.get(AGGREGATOR_URL)).hasToString("environment:2");
      assertThat(configuration.isGiven(AGGREGATOR_URL)).isTrue();
    }

    @Test
    void aFlagWinsOverAllAndTheLastOfSeveralFlags() {
      environment.put("COLLECTOR_AGGREGATOR_URL", "environment:2");
      flags.addAll(List.of("--aggregator-url", "one:1", "--collector.aggregator-url=two:2"));

      assertThat(load(COLLECTOR).get(AGGREGATOR_URL)).hasToString("two:2");
    }

    @Test
    void anEmptyVariableIsAsGoodAsNone() {
      environment.put("COLLECTOR_AGGREGATOR_URL", "");

      assertThat(load(COLLECTOR).get(AGGREGATOR_URL)).hasToString("localhost:50051");
    }

    @Test
    void aliasGivesWayToTheRegularName() {
      environment.put("EDGE_URL", "ws://alias:1");
      assertThat(load(GATEWAY).find(EDGE_URL)).contains("ws://alias:1");

      environment.put("GATEWAY_EDGE_URL", "ws://regular:1");
      assertThat(load(GATEWAY).find(EDGE_URL)).contains("ws://regular:1");
    }

    @Test
    void anotherValueCanBePutInAfterLoading() {
      file("alerts.notifiers.ops: {type: webhook, url: 'http://x'}");

      var changed = load(standalone()).with(AGGREGATOR_URL, "127.0.0.1:4711");

      assertThat(changed.get(AGGREGATOR_URL)).hasToString("127.0.0.1:4711");
      assertThat(changed.instances("alerts.notifiers").getFirst().settings().get(URL))
          .isEqualTo("http://x");
    }
  }

  @Nested
  class Flags {
    @Test
    void aFlagOfAnotherRoleNeedsItsWholeKey() {
      flags.addAll(List.of("--aggregator.listen", "127.0.0.1:1"));
      assertThat(load(COLLECTOR).get(AGGREGATOR_URL)).hasToString("localhost:50051");

      flags.clear();
      flags.addAll(List.of("--listen", "127.0.0.1:1"));
      assertThat(problems(COLLECTOR))
          .containsExactly(
              "flag --listen: listen is not a setting; did you mean aggregator.listen or"
                  + " gateway.listen?");
    }

    @Test
    void aRoleOfSeveralRefusesWhatCanMeanTwoSettings() {
      flags.addAll(List.of("--listen=127.0.0.1:1", "--aggregator-url", "host:1"));

      assertThat(problems(standalone()))
          .containsExactly(
              "flag --listen: can mean several settings: write --aggregator.listen or"
                  + " --gateway.listen");
    }

    @Test
    void aBareFlagIsTrueOnlyWhereTrueOrFalseIsExpected() {
      flags.addAll(List.of("--allow-insecure", "--collection-interval"));

      assertThat(problems(COLLECTOR))
          .containsExactly(
              "flag --collection-interval: collector.collection-interval has no value: expected a"
                  + " duration such as 5s, 1m30s or 24h");

      flags.removeLast();
      assertThat(load(COLLECTOR).get(HostSettings.ALLOW_INSECURE)).isTrue();
    }

    @Test
    void anArgumentThatIsNoFlagIsRefused() {
      flags.addAll(List.of("surplus", "--"));

      assertThat(problems(COLLECTOR))
          .containsExactly(
              "argument 'surplus' is not expected: a flag is --name value or --name=value",
              "argument '--' is not expected: a flag is --name value or --name=value");
    }
  }

  @Nested
  class Problems {
    @Test
    void allAreToldAtOnceWithSourceKeyValueAndWhatWasExpected() {
      var file =
          file(
              """
              collector:
                colection-interval: 5s
                aggregator-url: nowhere
              gateway:
                listen: 8000
              """);
      environment.put("COLLECTOR_COLLECTION_INTERVAL", "5 parsecs");
      flags.addAll(List.of("--log.level", "loud"));

      assertThat(problems(COLLECTOR))
          .containsExactly(
              "flag --log.level: log.level is 'loud': expected debug, info, warning or error",
              "file %s:3: collector.aggregator-url is 'nowhere': expected host:port, or"
                      .formatted(file)
                  + " https://host:port for TLS",
              "environment COLLECTOR_COLLECTION_INTERVAL: collector.collection-interval is '5"
                  + " parsecs': expected a duration such as 5s, 1m30s or 24h",
              "file %s:5: gateway.listen is '8000': expected host:port, for example".formatted(file)
                  + " 127.0.0.1:8000 or [::1]:8000",
              "file %s:2: collector.colection-interval is not a setting; did you mean"
                      .formatted(file)
                  + " collector.collection-interval?");
    }

    @Test
    void aFileThatIsMissingIsOneOfThem() {
      flags.addAll(List.of("--config", directory.resolve("nothing.yaml").toString(), "--no-such"));

      assertThat(problems(COLLECTOR))
          .containsExactly(
              "file %s: cannot be read (no such file): expected a YAML file in UTF-8"
                  .formatted(directory.resolve("nothing.yaml")),
              "flag --no-such: no-such is not a setting");
    }

    @Test
    void aSecretIsNeverShown() {
      environment.put("TIMESCALE_URL", "jdbc:postgresql://ops:hunter2@db/x?password=hunter2");
      environment.put("HISTORY_STORE", "timescale");
      environment.put("TIMESCALE_PASSWORD", "hunter2");

      assertThat(load(AGGREGATOR).effective())
          .contains(
              "timescale.password: ***  # environment TIMESCALE_PASSWORD",
              "timescale.url: jdbc:postgresql://ops:***@db/x?password=***  # environment"
                  + " TIMESCALE_URL");
    }

    @Test
    void aRequiredSettingSaysHowToGiveIt() {
      var role = RoleSettings.builder("edge").required(EDGE_TOKEN).build();

      assertThat(problems(role))
          .containsExactly(
              "gateway.edge-token is required: What the edge asks for. Expected text, as"
                  + " gateway.edge-token in the file, GATEWAY_EDGE_TOKEN in the environment, or"
                  + " --gateway.edge-token");
    }

    @Test
    void aSettingWithoutValueIsRefusedByNameWhenItIsRead() {
      var configuration = load(GATEWAY);

      assertThat(configuration.find(EDGE_TOKEN)).isEmpty();
      assertThatThrownBy(() -> configuration.get(EDGE_TOKEN))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("gateway.edge-token is required");
      assertThatThrownBy(() -> configuration.get(TAGS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("neither the role nor a chosen plugin declares it");
    }
  }

  @Nested
  class FilesWithValues {
    @Test
    void aFileWinsOverTheVariableAndLosesItsLastLineBreak() throws IOException {
      var token = Files.writeString(directory.resolve("token"), "s3cret\n");
      Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
      environment.put("GATEWAY_EDGE_TOKEN", "other");
      environment.put("GATEWAY_EDGE_TOKEN_FILE", token.toString());

      var configuration = load(GATEWAY);

      assertThat(configuration.get(EDGE_TOKEN)).isEqualTo("s3cret");
      assertThat(configuration.warnings())
          .containsExactly(
              "environment GATEWAY_EDGE_TOKEN: not used, since GATEWAY_EDGE_TOKEN_FILE is set too",
              "file %s: holds the secret gateway.edge-token and can be read by everybody on this"
                      .formatted(token)
                  + " machine: chmod 600 it");
    }

    @Test
    void oneThatIsMissingIsAProblem() {
      environment.put("GATEWAY_EDGE_TOKEN_FILE", "/no/such/file");

      assertThat(problems(GATEWAY))
          .containsExactly(
              "environment GATEWAY_EDGE_TOKEN_FILE: file '/no/such/file' for gateway.edge-token"
                  + " cannot be read (no such file)");
    }

    @Test
    void aSecretAmongTheFlagsIsWarnedOf() {
      flags.add("--edge-token=s3cret");

      assertThat(load(GATEWAY).warnings())
          .singleElement()
          .asString()
          .contains("GATEWAY_EDGE_TOKEN_FILE")
          .doesNotContain("s3cret");
    }
  }

  @Nested
  class ListsAndMaps {
    @Test
    void aListIsAListInTheFileAndCommasElsewhere() {
      providers.add(FakeProviders.source("procfs"));
      file("collector.sources: [oshi, procfs]");
      assertThat(load(COLLECTOR).get(SOURCES)).containsExactly("oshi", "procfs");

      environment.put("COLLECTOR_SOURCES", "procfs, oshi");
      assertThat(load(COLLECTOR).get(SOURCES)).containsExactly("procfs", "oshi");
    }

    @Test
    void aListWhereOneTextIsExpectedIsAProblem() {
      var file = file("collector:\n  aggregator-url: [a:1, b:2]\n");

      assertThat(problems(COLLECTOR))
          .containsExactly(
              "file %s:2: collector.aggregator-url is a list: expected host:port, or"
                      .formatted(file)
                  + " https://host:port for TLS");
    }

    @Test
    void aMapIsPutTogetherFromWholeAndSingleEntries() {
      var file = file("collector:\n  tags:\n    env: test\n    note: 'a, b=c\\d'\n");
      flags.add("--tags.room=lab");

      assertThat(load(COLLECTOR).get(TAGS))
          .containsExactly(
              Map.entry("env", "test"), Map.entry("note", "a, b=c\\d"), Map.entry("room", "lab"));

      environment.put("COLLECTOR_TAGS", "env=prod,rack=7");
      var configuration = load(COLLECTOR);
      assertThat(configuration.get(TAGS))
          .containsExactly(
              Map.entry("env", "prod"), Map.entry("rack", "7"), Map.entry("room", "lab"));
      assertThat(configuration.effective())
          .contains(
              "collector.tags: env=prod,rack=7,room=lab  # environment COLLECTOR_TAGS, flag"
                  + " --tags.room");
      assertThat(file).exists();
    }

    @Test
    void aMapThatIsNoneIsAProblem() {
      environment.put("COLLECTOR_TAGS", "prod");

      assertThat(problems(COLLECTOR))
          .containsExactly(
              "environment COLLECTOR_TAGS: collector.tags is 'prod': expected"
                  + " name=value,name=value");
    }
  }

  @Nested
  class Plugins {
    @Test
    void theSettingsOfTheChosenPluginBelongToTheRole() {
      assertThat(load(AGGREGATOR).effective())
          .anyMatch(line -> line.startsWith("history.retention.raw: 48h"))
          .noneMatch(line -> line.startsWith("timescale"));

      environment.put("HISTORY_STORE", "timescale");
      assertThat(load(AGGREGATOR).get(TIMESCALE_URL)).isEqualTo("jdbc:postgresql://localhost/x");
    }

    @Test
    void settingsOfPluginsThatWereNotChosenMayBeInTheSharedFile() {
      file("timescale.url: jdbc:x\nalerts.notifiers.ops.url: http://x\n");

      assertThat(load(COLLECTOR).get(AGGREGATOR_URL)).hasToString("localhost:50051");
    }

    @Test
    void keysOfPluginsThatAreNotHereAreTakenOnlyWhereThatIsAllowed() {
      var file = file("redis:\n  url: redis://x\n");
      assertThat(problems(COLLECTOR))
          .containsExactly("file %s:2: redis.url is not a setting".formatted(file));

      var sources = ConfigurationSources.read(flags, environment);
      var configuration =
          Configuration.loader(sources, ProviderRegistry.of(providers))
              .others(ALL)
              .tolerate("redis", "timescale")
              .load(COLLECTOR);
      assertThat(configuration.get(AGGREGATOR_URL)).hasToString("localhost:50051");
    }

    @Test
    void anUnknownTypeNamesThoseThereAre() {
      environment.put("HISTORY_STORE", "timescle");

      assertThat(problems(AGGREGATOR))
          .containsExactly(
              "environment HISTORY_STORE: history.store: there is no HistoryStore 'timescle':"
                  + " expected embedded or timescale; did you mean timescale?");
    }

    @Test
    void twoPluginsOfOneTypeAreRefused() {
      providers.add(FakeProviders.history("timescale"));

      assertThatThrownBy(() -> load(COLLECTOR))
          .isInstanceOf(DuplicateProviderException.class)
          .hasMessageStartingWith("HistoryStore 'timescale' is claimed by ");
    }
  }

  @Nested
  class Instances {
    @Test
    void withoutAnyThereIsOneOfTheDefaultType() {
      assertThat(load(ALERTS).instances("alerts.notifiers"))
          .extracting(PluginInstance::name, PluginInstance::type)
          .containsExactly(tuple("log", "log"));
    }

    @Test
    void eachHasTheSettingsOfItsTypeFromAllSources() throws IOException {
      var secret = Files.writeString(directory.resolve("secret"), "k3y");
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
      file(
          """
          alerts:
            notifiers:
              ops:
                type: webhook
                url: http://file
                headers:
                  X-Team: ops
              console: {}
          """);
      environment.put("ALERTS_NOTIFIERS_OPS_SECRET_FILE", secret.toString());
      environment.put("ALERTS_NOTIFIERS_SECOND_SITE_TYPE", "webhook");
      environment.put("ALERTS_NOTIFIERS_SECOND_SITE_URL", "http://environment");
      flags.add("--notifiers.ops.url=http://flag");

      var configuration = load(ALERTS);
      var instances = configuration.instances("alerts.notifiers");

      assertThat(instances)
          .extracting(PluginInstance::name)
          .containsExactly("console", "ops", "second-site");
      assertThat(instances.get(0).type()).isEqualTo("log");
      assertThat(instances.get(1).settings().get(URL)).isEqualTo("http://flag");
      assertThat(instances.get(1).settings().get(SECRET)).isEqualTo("k3y");
      assertThat(instances.get(1).settings().get(HEADERS)).containsEntry("X-Team", "ops");
      assertThat(instances.get(2).settings().get(URL)).isEqualTo("http://environment");
      assertThat(configuration.warnings()).isEmpty();
    }

    @Test
    void aKeyThatItsTypeDoesNotKnowIsAProblem() {
      var file = file("alerts.notifiers.ops:\n  type: webhook\n  ulr: http://x\n");

      assertThat(problems(ALERTS))
          .containsExactly(
              "file %s:3: alerts.notifiers.ops.ulr is not a setting; did you mean".formatted(file)
                  + " alerts.notifiers.ops.url?");
    }

    @Test
    void anUnknownTypeIsTheOnlyProblemOfItsInstance() {
      var file = file("alerts.notifiers.ops:\n  type: pigeon\n  loft: 3\n");

      assertThat(problems(ALERTS))
          .containsExactly(
              "file %s:2: alerts.notifiers.ops.type: there is no Notifier 'pigeon': expected log or"
                      .formatted(file)
                  + " webhook");
    }
  }

  @Nested
  class Shown {
    @Test
    void effectiveNamesEachSettingAndWhereItsValueCameFrom() {
      environment.put("XDG_STATE_HOME", "/state");
      environment.put("COLLECTOR_TAGS", "note=two: words");
      flags.addAll(List.of("--collection-interval", "10s"));

      assertThat(load(COLLECTOR).effective())
          .containsExactly(
              "allow-insecure: false  # default",
              "collector.aggregator-url: localhost:50051  # default",
              "collector.collection-interval: 10s  # flag --collection-interval",
              "collector.sources: oshi  # default",
              "collector.tags: \"note=two: words\"  # environment COLLECTOR_TAGS",
              "data-directory: /state/sysmonstm  # default",
              "log.format: json  # default",
              "log.level: info  # default",
              "plugins-directory: plugins  # default");
    }

    @Test
    void whatHasNoValueIsShownToo() {
      assertThat(load(GATEWAY).effective()).contains("gateway.edge-url:  # not set");
    }

    @Test
    void unknownVariablesAreOnlyWarnedOf() {
      environment.put("COLLECTOR_AGREGATOR_URL", "s3cret");
      environment.put("GATEWAY_PORT_8000_TCP", "tcp://10.0.0.1:8000");
      environment.put("PATH", "/bin");

      assertThat(load(COLLECTOR).warnings())
          .containsExactly(
              "environment: no setting has the name COLLECTOR_AGREGATOR_URL,"
                  + " GATEWAY_PORT_8000_TCP; did you mean COLLECTOR_AGGREGATOR_URL?");
    }
  }

  @Test
  void theSourcesCanBeAskedBeforeThePluginsAreKnown() {
    file("plugins-directory: from-file\n");
    assertThat(read().peek(HostSettings.PLUGINS_DIRECTORY)).contains(Path.of("from-file"));

    flags.add("--plugins-directory=from-flag");
    assertThat(read().peek(HostSettings.PLUGINS_DIRECTORY)).contains(Path.of("from-flag"));
    assertThat(read().peek(HostSettings.ALLOW_INSECURE)).contains(false);
  }

  private static RoleSettings standalone() {
    return RoleSettings.builder("standalone")
        .include(COLLECTOR)
        .include(AGGREGATOR)
        .include(ALERTS)
        .include(GATEWAY)
        .build();
  }

  private Path file(String text) {
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

  private ConfigurationSources read() {
    return ConfigurationSources.read(flags, environment);
  }

  private Configuration load(RoleSettings role) {
    return Configuration.loader(read(), ProviderRegistry.of(providers)).others(ALL).load(role);
  }

  private List<String> problems(RoleSettings role) {
    var failure = catchThrowableOfType(ConfigException.class, () -> load(role));
    assertThat(failure).as("a refusal").isNotNull();
    return failure.problems();
  }
}
