package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.FaultRig.print;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.load.ServerCpu;
import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The memory of a collector whose aggregator is away, cycle by cycle at five times the usual rate.
 * With {@code -Dsysmonstm.faults.long=true} there are 720 cycles, as many as in an hour by default.
 */
class CollectorMemoryIT {
  private static final int CYCLES = FaultRig.LONG_FORM ? 720 : 25;
  // By then it has loaded its classes and compiled what is used most.
  private static final int FIRST_CYCLES = FaultRig.LONG_FORM ? 60 : 15;
  private static final long MOST_GROWTH = 16L << 20;

  @TempDir private Path directory;

  @Test
  void anOutageTakesRoomOnTheDiskAndNotInMemory() throws Exception {
    try (var collector =
        RunningImage.role(
            "collector",
            directory.resolve("data"),
            Map.of(
                "COLLECTOR_MACHINE_ID", "alone",
                "COLLECTOR_COLLECTION_INTERVAL", "1s",
                "COLLECTOR_AGGREGATOR_URL", "localhost:" + RunningImage.freePort()))) {
      Eventually.until("it writes", Duration.ofSeconds(60), () -> spooled() > 0);
      FaultRig.pass(Duration.ofSeconds(FIRST_CYCLES));
      long begin = ServerCpu.residentBytes(collector.pid());
      long spoolBegin = spooled();
      long most = begin;
      for (int cycle = 0; cycle < CYCLES; cycle++) {
        FaultRig.pass(Duration.ofSeconds(1));
        most = Math.max(most, ServerCpu.residentBytes(collector.pid()));
      }
      long end = ServerCpu.residentBytes(collector.pid());
      print(
          "no aggregator for %d cycles: the spool has grown by %.2f MB, the collector's RSS by %.1f MB"
              + " to %.1f MB, %.1f MB at the most",
          CYCLES, (spooled() - spoolBegin) / 1e6, (end - begin) / 1e6, end / 1e6, most / 1e6);
      assertThat(spooled() - spoolBegin).as("what was at stake").isGreaterThan(CYCLES * 100L);
      assertThat(most - begin).isLessThanOrEqualTo(MOST_GROWTH);
      assertThat(collector.terminate()).isZero();
    }
  }

  private long spooled() throws IOException {
    var spool = directory.resolve("data/spool");
    if (!Files.isDirectory(spool)) {
      return 0;
    }
    long bytes = 0;
    try (var files = Files.list(spool)) {
      for (var file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
