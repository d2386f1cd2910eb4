package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.Skipped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What sysmonstm is for: a disk that fills is told of ahead, a process that eats memory named. */
@Tag("alone")
class CulpritIT {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int DISK_MEGABYTES = 64;

  @TempDir private Path directory;

  @Test
  void aDiskThatFillsIsToldOfBeforeItIsFull() throws Exception {
    var mount = Files.createDirectory(directory.resolve("disk"));
    var disk = SmallDisk.mountBlocks(mount, directory.resolve("image"), DISK_MEGABYTES);
    Skipped.unless(disk.isPresent(), "mounting a small file system takes rights and mkfs.ext4");
    var rules =
        Files.writeString(
            directory.resolve("rules.yaml"),
            """
            rules:
              - name: disk-full-soon
                metric: disk_percent
                match: { mount: "%s" }
                forecast: { within: 10m, over: 20s }
                operator: gte
                threshold: 100
              - name: disk-filling
                metric: disk_percent
                match: { mount: "%s" }
                operator: gt
                threshold: 70
                clear: 40
            """
                .formatted(mount, mount));
    try (var small = disk.orElseThrow();
        var standalone = standalone(rules);
        var filler = Executors.newSingleThreadScheduledExecutor()) {
      // About a third of a percent of the disk a second: full in five minutes.
      var filling = filler.scheduleAtFixedRate(() -> small.take(220_000), 0, 1, TimeUnit.SECONDS);
      Eventually.until(
          "it is told that the disk will be full",
          LONG,
          () -> alerts(standalone, "disk-full-soon", "firing").size() == 1);
      var ahead = alerts(standalone, "disk-full-soon", "firing").getFirst();
      assertThat(ahead.get("labels").get("mount").asString()).isEqualTo(mount.toString());
      assertThat(alerts(standalone, "disk-filling", "firing")).isEmpty();
      filling.cancel(false);

      small.take((int) (0.65 * (DISK_MEGABYTES << 20)));
      Eventually.until(
          "it is told that the disk fills",
          LONG,
          () -> alerts(standalone, "disk-filling", "firing").size() == 1);

      small.free();
      Eventually.until(
          "both are over",
          LONG,
          () ->
              alerts(standalone, "disk-filling", "resolved").size() == 1
                  && alerts(standalone, "disk-full-soon", "firing").isEmpty());
    }
  }

  @Test
  void aProcessThatEatsMemoryIsNamed() throws Exception {
    var noRules = Files.writeString(directory.resolve("rules.yaml"), "rules: []\n");
    try (var standalone = standalone(noRules)) {
      double much = metric(standalone, "memory_total_bytes") * 0.08;
      var hungry = hog(much);
      try {
        // Processes come with every third cycle, and it takes a while to eat.
        Eventually.until(
            "it is known for what it has eaten", LONG, () -> memoryOfTail(standalone) >= much);
        // What else the machine holds may have changed meanwhile: half of what was eaten below now.
        var rule =
            "{\"metric\":\"memory_percent\",\"operator\":\"gt\",\"threshold\":%s}"
                .formatted(metric(standalone, "memory_percent") - 4);
        assertThat(standalone.send("PUT", "/api/v1/rules/memory-hog?by=Ada", rule).statusCode())
            .isEqualTo(201);
        Eventually.until(
            "it fires", LONG, () -> alerts(standalone, "memory-hog", "firing").size() == 1);
        var alert = alerts(standalone, "memory-hog", "firing").getFirst();
        assertThat(alert.get("processes").get(0).get("name").asString()).isEqualTo("tail");
      } finally {
        hungry.descendants().forEach(ProcessHandle::destroyForcibly);
        hungry.destroyForcibly();
      }
      Eventually.until(
          "it is over", LONG, () -> alerts(standalone, "memory-hog", "resolved").size() == 1);
    }
  }

  /** A process that keeps a line without an end, and then waits. */
  private static Process hog(double bytes) throws IOException {
    return new ProcessBuilder(
            "sh", "-c", "{ head -c %d /dev/zero; sleep 300; } | tail -n 1".formatted((long) bytes))
        .start();
  }

  private RunningImage standalone(Path rules) {
    var image =
        RunningImage.standalone(
            directory.resolve("data"),
            "--collector.collection-interval",
            "1s",
            "--collector.machine-id",
            "m",
            "--alerts.rules-file",
            rules.toString());
    Eventually.until(
        "the machine is seen", LONG, () -> image.get("/api/v1/machines").contains("\"m\""));
    return image;
  }

  private static double metric(RunningImage image, String name) {
    for (var metric : JSON.readTree(image.get("/api/v1/machines/m")).get("metrics")) {
      if (metric.get("metric").asString().equals(name)) {
        return metric.get("value").asDouble();
      }
    }
    throw new AssertionError("no " + name);
  }

  private static double memoryOfTail(RunningImage image) {
    double memory = 0;
    for (var process : JSON.readTree(image.get("/api/v1/machines/m")).get("processes")) {
      if (process.get("name").asString().equals("tail")) {
        memory = Math.max(memory, process.get("rss_bytes").asDouble());
      }
    }
    return memory;
  }

  private static List<JsonNode> alerts(RunningImage image, String rule, String state) {
    var found =
        JSON.readTree(image.get("/api/v1/alerts?rule=%s&state=%s".formatted(rule, state)))
            .get("alerts");
    return IntStream.range(0, found.size()).mapToObj(found::get).toList();
  }
}
