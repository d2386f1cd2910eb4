package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real CPU hog fires a rule once, is named, and resolves it once. */
@Tag("alone")
class AlertIT {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path directory;

  @Test
  void firesOnceUnderARealLoadNamesTheCulpritAndResolvesOnce() throws Exception {
    var rules =
        Files.writeString(
            directory.resolve("rules.yaml"),
            """
            rules:
              - name: cpu-hog
                metric: cpu_percent
                operator: gt
                threshold: 90
                clear: 60
                for: 6s
                severity: critical
                message: "{{machine}} is at {{value}} %"
            """);
    var hogs = new ArrayList<Process>();
    try (var standalone =
            RunningImage.standalone(
                directory.resolve("data"),
                "--collector.collection-interval",
                "1s",
                "--collector.machine-id",
                "loaded",
                "--alerts.group-wait",
                "0s",
                "--alerts.rules-file",
                rules.toString());
        var browser = new Browser()) {
      var page = browser.open(standalone.url());
      Browser.machineRow(page, "loaded").waitFor();

      // The start of this test is a load of its own, which is not the one to be named.
      Eventually.until("the machine is calm", LONG, () -> cpuPercent(standalone) < 50);
      Eventually.until("nothing is pending", LONG, () -> alerts(standalone, "pending").isEmpty());
      // More hogs than cores, so that whatever else runs does not take the load below the
      // threshold.
      for (int i = 0; i < Runtime.getRuntime().availableProcessors() + 1; i++) {
        hogs.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
      }
      Eventually.until("it fires", LONG, () -> alerts(standalone, "firing").size() == 1);
      var alert = alerts(standalone, "firing").getFirst();
      page.locator("[data-testid=alert][data-alert='" + alert.get("id").asString() + "']")
          .waitFor();
      hogs.forEach(Process::destroyForcibly);
      Eventually.until("it resolves", LONG, () -> alerts(standalone, "resolved").size() == 1);

      assertThat(alert.get("message").asString()).matches("loaded is at (9\\d|100)(\\.\\d+)? %");
      // Not always the first: a machine may have work of its own that is as hungry.
      assertThat(pids(alert.get("processes")))
          .as("culprits")
          .containsAnyElementsOf(hogs.stream().map(Process::pid).toList());
      assertThat(alerts(standalone, "firing")).isEmpty();
      Eventually.until(
          "the page shows no alert",
          () -> page.locator("[data-testid=alert][data-state=firing]").count() == 0);
      standalone.awaitLog("\"event\":\"alert_resolved\"");
      assertThat(logged(standalone, "alert_fired")).hasSize(1);
      assertThat(logged(standalone, "alert_fired").getFirst()).contains("top process");
      assertThat(logged(standalone, "alert_resolved")).hasSize(1);
    } finally {
      hogs.forEach(Process::destroyForcibly);
    }
  }

  private static List<Long> pids(JsonNode processes) {
    return IntStream.range(0, processes.size())
        .mapToObj(i -> processes.get(i).get("pid").asLong())
        .toList();
  }

  private static double cpuPercent(RunningImage image) {
    for (var metric : JSON.readTree(image.get("/api/v1/machines/loaded")).get("metrics")) {
      if (metric.get("metric").asString().equals("cpu_percent")) {
        return metric.get("value").asDouble();
      }
    }
    return 100;
  }

  private static List<JsonNode> alerts(RunningImage image, String state) {
    var found =
        JSON.readTree(image.get("/api/v1/alerts?rule=cpu-hog&state=" + state)).get("alerts");
    return IntStream.range(0, found.size()).mapToObj(found::get).toList();
  }

  private static List<String> logged(RunningImage image, String event) {
    return image
        .log()
        .lines()
        .filter(line -> line.contains("\"event\":\"" + event + "\""))
        .toList();
  }
}
