package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConfigurationTest extends ConfigurationFixture {
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

      var changed = load(standalone()).with(AGGREGATOR_URL, Optional.of("127.0.0.1:4711"), "host");

      assertThat(changed.get(AGGREGATOR_URL)).hasToString("127.0.0.1:4711");
      assertThat(changed.instances("alerts.notifiers").getFirst().settings().get(URL))
          .isEqualTo("http://x");
    }
  }

  @Nested
  class Told {
    @Test
    void whereAValueWillBeFrom() {
      var configuration = load(GATEWAY).with(EDGE_URL, Optional.empty(), "made at the first start");

      assertThat(configuration.effective())
          .contains("gateway.edge-url:  # made at the first start")
          .contains("gateway.edge-token:  # not set");
    }

    @Test
    void helpKnowsTheSettingsOfEveryPluginThatCanBeChosen() {
      var loader = Configuration.loader(read(), ProviderRegistry.of(providers)).others(ALL);

      assertThat(loader.help(standalone()))
          .contains("--history.store: Which history. Default: embedded.")
          .contains("--timescale.password: Its password.")
          .contains("--alerts.notifiers.NAME.type: Which plugin it is. Default: log.")
          .contains("--alerts.notifiers.NAME.secret: The key.")
          .isSorted();
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
}
