package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.FaultRig.print;
import static io.sysmonstm.distributions.FaultRig.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.load.Evidence;
import io.sysmonstm.load.HistoryOracle;
import io.sysmonstm.load.Workload;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each role is stopped by SIGTERM and started again, one after the other, in several orders, while
 * machines send: it ends well and in time, and nothing is missing and nothing there twice.
 */
class RollingRestartIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Workload WORKLOAD = new Workload(20);
  private static final List<List<String>> ORDERS =
      List.of(
          List.of("aggregator", "alerts", "gateway"),
          List.of("gateway", "aggregator", "alerts"),
          List.of("alerts", "gateway", "aggregator"));

  @TempDir private Path directory;

  @Test
  void rolesAreReplacedInAnyOrderUnderLoad() throws Exception {
    var redis = RedisServer.running();
    var postgres = PostgresServer.create();
    var database = postgres.createDatabase();
    try (redis;
        postgres;
        var fleet =
            new RoleFleet(
                directory,
                Map.of(
                    "CURRENT_STORE", "redis",
                    "HISTORY_STORE", "timescale",
                    "EVENTS_BUS", "redis-streams",
                    "REDIS_URL", redis.url(),
                    "TIMESCALE_URL", database));
        var machines = fleet.machines(20, WORKLOAD)) {
      awaitReady(fleet);
      long begin = System.nanoTime();
      for (var order : ORDERS) {
        for (var role : order) {
          restart(fleet, role);
        }
        long batches = machines.ledger().durableBatches();
        Eventually.until(
            "machines deliver after " + order,
            LONG,
            () -> machines.ledger().durableBatches() > batches + 20);
      }
      var lasted = since(begin);
      assertThat(machines.drain(LONG)).as("all is durable").isTrue();
      var verdict = new HistoryOracle(database).judge(machines.machines(), WORKLOAD);
      var evidence = Evidence.of(machines.ledger());
      print(
          "9 roles replaced within %s: %d batches, %d sent again, %d duplicates taken, %d missing,"
              + " %d twice",
          lasted,
          machines.batches(),
          evidence.resent(),
          evidence.duplicates(),
          verdict.missing(),
          verdict.doubled());
      assertThat(verdict.isExact()).as("%s", verdict).isTrue();
      assertThat(evidence.gaps(false)).as("what the run does not show").isEmpty();
      assertThat(fleet.machinesShown()).hasSize(20);
    }
  }

  private static void restart(RoleFleet fleet, String role) {
    try (var watch = fleet.watchHealth()) {
      Eventually.until("health is told", () -> watch.seen().contains("SERVING"));
      long begin = System.nanoTime();
      int status = fleet.terminate(role);
      var took = since(begin);
      assertThat(status).as("exit status of %s", role).isZero();
      if (role.equals("aggregator")) {
        Eventually.until("the stream of health ends", () -> watch.seen().contains("ended"));
        assertThat(watch.seen()).containsSubsequence("SERVING", "NOT_SERVING", "ended");
      }
      print("  %s ended after %s", role, took);
    }
    fleet.start(role);
    awaitReady(fleet);
  }

  private static void awaitReady(RoleFleet fleet) {
    Eventually.until("the page answers", LONG, fleet.gateway()::answers);
    Eventually.until("ready", LONG, () -> fleet.ready().path("status").asString().equals("ready"));
    for (var role : List.of("aggregator", "alerts")) {
      Eventually.until(
          role + " is ready", LONG, () -> fleet.health(role).contains("\"status\":\"ready\""));
    }
  }
}
