package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * What history has shown once survives kill -9, once and unchanged, and everything goes on
 * afterwards.
 */
class KillIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path directory;

  @Test
  void killedUnderLoadItComesBackWithItsHistoryAndNothingTwice() {
    var data = directory.resolve("standalone");
    var standalone = start(data, RunningImage.freePort(), RunningImage.freePort());
    var collectors = new ArrayList<RunningImage>();
    try {
      for (int i = 0; i < 3; i++) {
        collectors.add(
            RunningImage.collector(directory.resolve("load-" + i), standalone, "load-" + i));
      }
      for (int round = 0; round < 3; round++) {
        var running = standalone;
        int wanted = 5 * (round + 1);
        Eventually.until("history grows", () -> pacedPoints(running).size() >= wanted);
        var seen = points(standalone);
        standalone.kill();

        standalone = start(data, standalone.grpcPort(), standalone.httpPort());

        var after = points(standalone);
        assertThat(after).as("what was there before the kill").containsAllEntriesOf(seen);
        var again = standalone;
        Eventually.until(
            "the other machines reconnect and are seen again",
            () -> again.get("/api/v1/machines/load-0").contains("\"status\":\"up\""));
      }
      assertThat(standalone.get("/")).contains("<html");
    } finally {
      collectors.forEach(RunningImage::close);
      standalone.close();
    }
  }

  private static RunningImage start(Path data, int grpcPort, int httpPort) {
    return RunningImage.standalone(
        data,
        grpcPort,
        httpPort,
        "--collector.collection-interval",
        "1s",
        "--collector.machine-id",
        "first");
  }

  // Who asks for history all the time is told to ask less.
  private static Map<String, String> pacedPoints(RunningImage image) {
    LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    return points(image);
  }

  /**
   * Returns the raw points of every machine, having checked that no time of a series is there
   * twice.
   */
  private static Map<String, String> points(RunningImage image) {
    var answer = image.get("/api/v1/history?machine=*&metric=cpu_percent&from=-10m");
    assertThat(answer).contains("\"series\"");
    var points = new TreeMap<String, String>();
    for (var series : JSON.readTree(answer).get("series")) {
      List<String> times = new ArrayList<>();
      for (var point : series.get("points")) {
        times.add(point.get(0).asString());
        points.put(
            series.get("machine_id").asString() + "@" + point.get(0).asString(),
            point.get(1).toString());
      }
      assertThat(times).doesNotHaveDuplicates();
    }
    return points;
  }
}
