package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.load.Evidence;
import io.sysmonstm.load.HistoryOracle;
import io.sysmonstm.load.Workload;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kill -9 of the aggregator, five times, while 100 machines send. */
class AggregatorKillIT {
  private static final int MACHINES = 100;
  private static final int KILLS = 5;
  private static final Workload WORKLOAD = new Workload(30);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @Test
  void losesNothingAndWritesNothingTwice() throws Exception {
    try (var redis = RedisServer.running();
        var postgres = PostgresServer.create()) {
      var database = postgres.createDatabase();
      try (var fleet =
              new RoleFleet(
                  directory,
                  Map.of(
                      "CURRENT_STORE", "redis",
                      "HISTORY_STORE", "timescale",
                      "EVENTS_BUS", "redis-pubsub",
                      "REDIS_URL", redis.url(),
                      "TIMESCALE_URL", database));
          var machines = fleet.machines(MACHINES, WORKLOAD)) {
        var ledger = machines.ledger();
        for (int kill = 0; kill <= KILLS; kill++) {
          long before = ledger.durableBatches();
          Eventually.until(
              "all machines are taken in again",
              LONG,
              () -> ledger.durableBatches() > before + 3 * MACHINES);
          if (kill < KILLS) {
            fleet.killAggregator();
          }
        }
        assertThat(machines.drain(LONG)).as("everything is durable").isTrue();
        var verdict = new HistoryOracle(database).judge(machines.machines(), WORKLOAD);
        System.out.printf(
            "%d kills: %d batches, %d sent again, %d duplicates taken, %d rows, %d missing, %d twice%n",
            KILLS,
            machines.batches(),
            ledger.resentBatches(),
            ledger.duplicates(),
            verdict.rows(),
            verdict.missing(),
            verdict.doubled());
        assertThat(Evidence.of(ledger).gaps(true)).as("or nothing was at stake").isEmpty();
        assertThat(verdict.isExact()).as("%s", verdict).isTrue();
      }
    }
  }
}
