package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConfigurationProblemsTest extends ConfigurationFixture {
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
    void aPluginsDirectoryThatWasAskedForMustBeThere() {
      flags.addAll(List.of("--plugins-directory", "/no/such/directory"));

      assertThat(problems(COLLECTOR))
          .containsExactly(
              "flag --plugins-directory: plugins-directory is '/no/such/directory': expected an"
                  + " existing directory");
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
}
