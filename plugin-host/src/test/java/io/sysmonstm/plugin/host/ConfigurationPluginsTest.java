package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sysmonstm.api.DuplicateProviderException;
import io.sysmonstm.spi.AlertStoreProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConfigurationPluginsTest extends ConfigurationFixture {
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
    void keysOfAPartThatIsNotHereAreNotChecked() {
      file("gateway:\n  listen: nowhere\n  max-viewers: 5\n");
      environment.put("GATEWAY_MAX_VIEWERS", "6");

      var configuration =
          Configuration.loader(read(), ProviderRegistry.of(providers))
              .others(List.of(COLLECTOR))
              .absent(List.of("gateway"))
              .load(COLLECTOR);

      assertThat(configuration.warnings()).isEmpty();
    }

    @Test
    void aTypeThatCannotDoTheWorkOfARoleIsRefusedAlsoWhereItIsTheDefault() {
      var alone =
          RoleSettings.builder("alerts")
              .choice(HISTORY, AlertStoreProvider.class)
              .refuse(HISTORY, "embedded", "set history.store to timescale")
              .build();
      var message =
          "%s: history.store is 'embedded', which the role alerts cannot work with:"
              + " set history.store to timescale";

      assertThat(problems(alone)).containsExactly(message.formatted("default"));

      environment.put("HISTORY_STORE", "embedded");
      assertThat(problems(alone)).containsExactly(message.formatted("environment HISTORY_STORE"));

      environment.put("HISTORY_STORE", "timescale");
      assertThat(load(alone).get(HISTORY)).isEqualTo("timescale");
    }

    @Test
    void aRoleThatIncludesAnotherDoesNotInheritWhatThatRefuses() {
      var alone =
          RoleSettings.builder("alerts")
              .choice(HISTORY, AlertStoreProvider.class)
              .refuse(HISTORY, "embedded", "set history.store to timescale")
              .build();
      var together = RoleSettings.builder("standalone").include(alone).build();

      assertThat(load(together).get(HISTORY)).isEqualTo("embedded");
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
}
