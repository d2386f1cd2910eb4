package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two drop-ins that bring two versions of one library, in one collector. */
class PluginIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path directory;
  private Path plugins;

  @BeforeEach
  void build() {
    plugins = directory.resolve("plugins");
    build("first", 1);
    build("second", 2);
  }

  @Test
  void eachOfTwoSourcesReadsItsOwnVersionOfALibrary() {
    try (var standalone = RunningImage.standalone(directory.resolve("standalone"));
        var _ =
            RunningImage.role(
                "collector",
                directory.resolve("collector"),
                Map.of("COLLECTOR_SOURCES", "first,oshi,second"),
                "--collector.machine-id",
                "extended",
                "--collector.collection-interval",
                "1s",
                "--collector.aggregator-url",
                "127.0.0.1:" + standalone.grpcPort(),
                "--plugins-directory",
                plugins.toString())) {
      Eventually.until(
          "its metrics arrive",
          () ->
              value(standalone, "cpu_percent") >= 0 && value(standalone, "version_of_second") >= 0);

      assertThat(value(standalone, "version_of_first")).isEqualTo(1);
      assertThat(value(standalone, "version_of_second")).isEqualTo(2);
    }
  }

  @Test
  void theListingTellsWhereTheyAreAndMakesNoDirectory() {
    var data = directory.resolve("data");

    var listing =
        RunningImage.run(
            "plugins",
            "--plugins-directory",
            plugins.toString(),
            "--data-directory",
            data.toString());

    assertThat(listing)
        .containsPattern(
            "MetricSource  first  com.example.first\\S*  \\S*plugins/first/first.jar  available")
        .containsPattern(
            "MetricSource  second  com.example.second\\S*  \\S*plugins/second/second.jar  available")
        .endsWith("exit 0");
    assertThat(data).doesNotExist();
  }

  /** Returns the newest value of a metric, or -1. */
  private static double value(RunningImage image, String metric) {
    for (var one : metrics(image)) {
      if (one.get("metric").asString().equals(metric)) {
        return one.get("value").asDouble();
      }
    }
    return -1;
  }

  private static JsonNode metrics(RunningImage image) {
    return JSON.readTree(image.get("/api/v1/machines/extended")).path("metrics");
  }

  private void build(String name, int version) {
    var library = plugins.resolve(name).resolve("library-" + version + ".jar");
    DropIn.build(
        library,
        directory.resolve("library-" + version),
        Map.of(
            "module-info.java",
            "module com.example.library { exports com.example.library; }",
            "com/example/library/Library.java",
            """
            package com.example.library;
            public final class Library {
              public static int version() { return %d; }
            }
            """
                .formatted(version)));
    DropIn.build(
        plugins.resolve(name).resolve(name + ".jar"),
        directory.resolve(name),
        Map.of(
            "module-info.java",
            """
            module com.example.%1$s {
              requires com.example.library;
              requires io.sysmonstm.spi;
              provides io.sysmonstm.spi.MetricSourceProvider with com.example.%1$s.Plugin;
            }
            """
                .formatted(name),
            "com/example/" + name + "/Plugin.java",
            """
            package com.example.%1$s;
            import com.example.library.Library;
            import io.sysmonstm.spi.*;
            import java.util.List;
            public final class Plugin implements MetricSourceProvider {
              public String type() { return "%1$s"; }
              public List<Setting<?>> settings() { return List.of(); }
              public List<MetricSource> create(Settings settings, ProviderContext context) {
                return List.of(new MetricSource() {
                  public String name() { return "%1$s"; }
                  public void collect(SampleSink sink) {
                    sink.add("version_of_%1$s", Library.version());
                  }
                });
              }
            }
            """
                .formatted(name)),
        library);
  }
}
