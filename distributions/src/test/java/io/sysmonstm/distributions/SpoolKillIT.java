package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Kill -9 of a collector whose aggregator is away: each record of its files reaches history, once.
 */
class SpoolKillIT {
  private static final int KILLS = 4;
  private static final int HEADER_BYTES = 44;
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path directory;

  @Test
  void everyBatchThatWasAppendedIsInHistoryOnce() throws Exception {
    var data = directory.resolve("standalone");
    int grpc = RunningImage.freePort();
    int http = RunningImage.freePort();
    var spool = directory.resolve("collector/spool");
    long seed = System.nanoTime();
    var random = new Random(seed);
    var appended = new TreeSet<Instant>();

    for (int kill = 0; kill < KILLS; kill++) {
      try (var collector = collector(grpc)) {
        int before = appended.size();
        Eventually.until(
            "batches are on disk; seed " + seed, LONG, () -> records(spool).size() > before + 2);
        long until = System.nanoTime() + random.nextInt(1_500) * 1_000_000L;
        Eventually.until("some instant", LONG, () -> System.nanoTime() - until >= 0);
        collector.kill();
      }
      appended.addAll(records(spool));
    }

    try (var standalone =
            RunningImage.standalone(data, grpc, http, "--collector.machine-id", "page");
        var _ = collector(grpc)) {
      Eventually.until(
          "all of it is in history; seed " + seed,
          LONG,
          () -> times(standalone).containsAll(appended));
      assertThat(times(standalone)).doesNotHaveDuplicates();
    }
  }

  private RunningImage collector(int grpc) {
    return RunningImage.role(
        "collector",
        directory.resolve("collector"),
        Map.of("COLLECTOR_AGGREGATOR_URL", "localhost:" + grpc),
        "--collector.machine-id",
        "killed",
        "--collector.collection-interval",
        "1s");
  }

  /** The times of all whole records, read without the code that wrote them. */
  private static List<Instant> records(Path spool) {
    var times = new ArrayList<Instant>();
    if (!Files.isDirectory(spool)) {
      return times;
    }
    try (var files = Files.list(spool)) {
      for (var file : files.filter(one -> one.toString().endsWith(".seg")).toList()) {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = HEADER_BYTES; at + 16 <= bytes.limit(); ) {
          int length = bytes.getInt(at);
          if (at + 16 + length > bytes.limit()) {
            break;
          }
          times.add(Instant.ofEpochMilli(bytes.getLong(at + 32)));
          at += 16 + length;
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return times;
  }

  private static List<Instant> times(RunningImage image) {
    var answer =
        JSON.readTree(
            image.get("/api/v1/history?machine=killed&metric=agent_spool_depth&from=-10m"));
    var times = new ArrayList<Instant>();
    for (var series : answer.get("series")) {
      for (var point : series.get("points")) {
        times.add(Instant.ofEpochMilli(point.get(0).asLong()));
      }
    }
    return times;
  }
}
