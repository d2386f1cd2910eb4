package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.FaultRig.print;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.load.LinkCondition;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kill -9 of the collector at random moments, while its link works and while it does not: what it
 * read before is in history, once, as told by the rows and by the numbers of each epoch. {@code
 * -Dsysmonstm.faults.kills=N} sets how often, by twos.
 */
class CollectorKillIT {
  private static final int KILLS = Integer.getInteger("sysmonstm.faults.kills", 2);
  private static final long FOR_EVER = 4_000_000_000_000L;
  private static final String MACHINE = "killed";
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  // A batch of each epoch, by its number, has this metric without labels once.
  private static final String ONCE_A_BATCH = "agent_spool_depth";

  @TempDir private Path directory;

  @Test
  void whatWasSpooledArrivesOnce() throws Exception {
    long seed = Long.getLong("sysmonstm.faults.seed", System.nanoTime() & 0xFFFF_FFFFL);
    var random = new Random(seed);
    int heldRows = 0;
    try (var rig = new FaultRig(directory, seed, PostgresServer::createDatabase)) {
      print("%d kills of the collector, seed %d", 2 * KILLS, seed);
      rig.awaitHistory();
      for (int kill = 0; kill < KILLS; kill++) {
        long begin = System.currentTimeMillis();
        var collector = collector(rig);
        try {
          await("it delivers", collector, () -> batchesBetween(rig, begin, FOR_EVER) > 0);
          // Nothing of this time is in history yet when it is killed.
          rig.machinesLink.set(LinkCondition.HELD);
          long from = System.currentTimeMillis();
          FaultRig.pass(INTERVAL.multipliedBy(3).plusMillis(random.nextInt(1_000)));
          collector.kill();
          long to = System.currentTimeMillis();
          rig.machinesLink.cut();
          rig.machinesLink.clear();
          collector = collector(rig);
          await(
              "what was read without a link arrives",
              collector,
              () -> batchesBetween(rig, from, to) >= 2);
          heldRows += (int) batchesBetween(rig, from, to);
          FaultRig.pass(Duration.ofMillis(random.nextInt(1_500)));
        } finally {
          collector.kill();
        }
      }
      long begin = System.currentTimeMillis();
      var last = collector(rig);
      try {
        await(
            "nothing is missing between the numbers of an epoch",
            last,
            () -> batchesBetween(rig, begin, FOR_EVER) > 0 && ask(rig, HOLES) == 0);
        // Ends with everything delivered.
        assertThat(last.terminate()).isZero();
      } finally {
        last.close();
      }
      long batches = ask(rig, NUMBERS);
      long rows =
          ask(
              rig,
              "SELECT count(*) FROM metric_samples WHERE metric = '%s'".formatted(ONCE_A_BATCH));
      print(
          "%d kills, seed %d: %d epochs, %d batches by their numbers, %d by their rows, %d of them"
              + " read without a link, %d rows twice, %d holes",
          2 * KILLS,
          seed,
          ask(rig, EPOCHS),
          batches,
          rows,
          heldRows,
          ask(rig, DOUBLES),
          ask(rig, HOLES));
      assertThat(rows).isEqualTo(batches);
      assertThat(ask(rig, DOUBLES)).isZero();
      assertThat(heldRows).as("or nothing was at stake").isPositive();
    }
  }

  private static void await(String what, RunningImage collector, Callable<Boolean> condition) {
    try {
      Eventually.until(what, Duration.ofSeconds(40), condition);
    } catch (AssertionError late) {
      throw new AssertionError(late.getMessage() + "; log: " + collector.log(), late);
    }
  }

  // Every epoch of the machine is one piece that begins with 1.
  private static final String HOLES =
      """
      SELECT count(*) FROM committed_ranges
      WHERE lower(committed) <> 1 OR (SELECT count(*) FROM unnest(committed)) <> 1""";
  private static final String EPOCHS = "SELECT count(*) FROM committed_ranges";
  private static final String NUMBERS =
      """
      SELECT coalesce(sum(upper(piece) - lower(piece)), 0)
      FROM committed_ranges, unnest(committed) AS piece""";
  private static final String DOUBLES =
      """
      SELECT count(*) FROM (SELECT FROM samples GROUP BY time, series_id HAVING count(*) > 1) AS twice""";

  private static long batchesBetween(FaultRig rig, long fromMillis, long toMillis) {
    return ask(
        rig,
        """
        SELECT count(*) FROM metric_samples
        WHERE metric = '%s' AND time BETWEEN to_timestamp(%d / 1000.0) AND to_timestamp(%d / 1000.0)"""
            .formatted(ONCE_A_BATCH, fromMillis, toMillis));
  }

  private static long ask(FaultRig rig, String query) {
    return PostgresServer.askNumber(rig.database, query);
  }

  private RunningImage collector(FaultRig rig) {
    return RunningImage.role(
        "collector",
        directory.resolve("collector"),
        Map.of(
            "COLLECTOR_MACHINE_ID", MACHINE,
            "COLLECTOR_COLLECTION_INTERVAL", INTERVAL.toSeconds() + "s",
            "COLLECTOR_AGGREGATOR_URL", "localhost:" + rig.machinesLink.port()));
  }
}
