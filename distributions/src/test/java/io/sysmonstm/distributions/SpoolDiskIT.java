package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.FaultRig.print;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.Skipped;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * The disk of a collector's spool becomes full by others: it leaves them the last twentieth, says
 * so, goes on, and loses nothing.
 */
@Tag("alone")
class SpoolDiskIT {
  private static final int MEGABYTES = 16;
  private static final long RESERVE = ((long) MEGABYTES << 20) / 20;
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String MACHINE = "small";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path directory;

  @Test
  void whatOthersLeaveOfAdiskIsNotUsedUpAndItSaysSo(@TempDir Path mountPoint) throws Exception {
    var mounted = SmallDisk.mount(mountPoint, MEGABYTES);
    Skipped.unless(mounted.isPresent(), "a full disk takes the right to mount a small file system");
    int grpc = RunningImage.freePort();
    try (var disk = mounted.get();
        var collector = collector(disk.directory("spool"), grpc)) {
      Eventually.until("it writes", LONG, () -> segmentBytes(mountPoint) > 10_000);
      assertThat(health()).contains("\"collector.spool\":\"ok\"");
      disk.fillUpTo(RESERVE - 64_000);
      Eventually.until("it says so", LONG, () -> health().contains("collector.spool\":\"error"));
      assertThat(health()).contains("degraded", "reserve").endsWith("exit 0");
      long left = Files.getFileStore(mountPoint).getUsableSpace();
      long written = segmentBytes(mountPoint);
      FaultRig.pass(Duration.ofSeconds(5));
      assertThat(segmentBytes(mountPoint)).isEqualTo(written);
      assertThat(Files.getFileStore(mountPoint).getUsableSpace()).isEqualTo(left);
      disk.free();
      Eventually.until("it says so", LONG, () -> health().contains("collector.spool\":\"ok"));
      assertThat(segmentBytes(mountPoint)).isGreaterThan(written);
      assertThat(collector.log()).contains("spool_write_failed", "spool_disk_back");
      try (var standalone =
          RunningImage.standalone(
              directory.resolve("standalone"),
              grpc,
              RunningImage.freePort(),
              "--collector.machine-id",
              "page")) {
        Eventually.until("it delivers", LONG, () -> health().contains("\"status\":\"ready\""));
        var times = times(standalone);
        print("disk of %d MB full: %d batches in history, one a second", MEGABYTES, times.size());
        assertThat(times).doesNotHaveDuplicates();
        for (int i = 1; i < times.size(); i++) {
          assertThat(times.get(i) - times.get(i - 1))
              .as("from batch to batch")
              .isBetween(900L, 1_100L);
        }
      }
      assertThat(collector.log()).doesNotContain("spool_samples_lost");
      assertThat(collector.terminate()).isZero();
    }
  }

  private RunningImage collector(Path spool, int grpc) {
    return RunningImage.role(
        "collector",
        directory.resolve("data"),
        Map.of(
            "COLLECTOR_MACHINE_ID",
            MACHINE,
            "COLLECTOR_COLLECTION_INTERVAL",
            "1s",
            "COLLECTOR_SPOOL_DIRECTORY",
            spool.toString(),
            "COLLECTOR_AGGREGATOR_URL",
            "localhost:" + grpc));
  }

  private String health() {
    return RunningImage.runIn(
        RunningImage.directory("collector"),
        "health",
        "--role",
        "collector",
        "--data-directory",
        directory.resolve("data").toString());
  }

  private static long segmentBytes(Path mountPoint) throws Exception {
    long bytes = 0;
    try (var files = Files.list(mountPoint.resolve("spool"))) {
      for (var file : files.filter(one -> one.toString().endsWith(".seg")).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private static List<Long> times(RunningImage standalone) {
    var answer =
        JSON.readTree(
            standalone.get(
                "/api/v1/history?machine=" + MACHINE + "&metric=agent_spool_depth&from=-10m"));
    var times = new ArrayList<Long>();
    for (var point : answer.path("series").path(0).path("points")) {
      times.add(point.get(0).asLong());
    }
    return times;
  }
}
