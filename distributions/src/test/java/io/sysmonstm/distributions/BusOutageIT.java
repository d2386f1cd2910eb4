package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.load.HistoryOracle;
import io.sysmonstm.load.Workload;
import io.sysmonstm.test.servers.KafkaServer;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka goes away for a while with 20 machines sending: only the alerts wait for it. One that ought
 * to have fired meanwhile does when it is back, from an event that nobody sends again.
 */
class BusOutageIT {
  private static final int MACHINES = 20;
  private static final Workload WORKLOAD = new Workload(20);
  private static final Duration OUTAGE = Duration.ofSeconds(8);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String RULES =
      """
      rules:
        - name: too-busy
          metric: cpu_percent
          match: { machine: app }
          operator: gt
          threshold: 90
          severity: critical
          message: "{{machine}} is at {{value}} %"
      """;

  @TempDir private Path directory;

  @Test
  void kafkaDown() throws Exception {
    try (var redis = RedisServer.running();
        var postgres = PostgresServer.create();
        var kafka = KafkaServer.open()) {
      var database = postgres.createDatabase();
      var environment =
          Map.of(
              "CURRENT_STORE",
              "redis",
              "HISTORY_STORE",
              "timescale",
              "EVENTS_BUS",
              "kafka",
              "REDIS_URL",
              redis.url(),
              "TIMESCALE_URL",
              database,
              "KAFKA_BOOTSTRAP_SERVERS",
              kafka.bootstrapServers(),
              "ALERTS_RULES_FILE",
              Files.writeString(directory.resolve("rules.yaml"), RULES).toString());
      try (var fleet = new RoleFleet(directory, environment);
          var machines = fleet.machines(MACHINES, WORKLOAD)) {
        Eventually.until(
            "ready", LONG, () -> fleet.ready().path("status").asString().equals("ready"));
        Eventually.until(
            "batches are durable", LONG, () -> machines.ledger().durableBatches() > MACHINES);
        Eventually.until("nothing waits", LONG, () -> machines.unacknowledgedBatches() <= MACHINES);
        machines.ledger().ackTimes();
        long calm = machines.ledger().durableBatches();
        Eventually.until(
            "some are sent in peace",
            LONG,
            () -> machines.ledger().durableBatches() > calm + 4 * MACHINES);
        var before = machines.ledger().ackTimes();

        kafka.stop();
        long durableBefore = machines.ledger().durableBatches();
        long volatileBefore = machines.ledger().volatileAcks();
        long begun = System.nanoTime();
        assertThat(fleet.sendCpuPercent("app", 95).getSuccess()).as("stored").isTrue();
        Eventually.until("the gateway says so", () -> fleet.check("events").startsWith("error"));
        var told = since(begun);
        // Time has to pass here: an outage has a length.
        TimeUnit.NANOSECONDS.sleep(Math.max(0, OUTAGE.minus(told).toNanos()));
        var outage = since(begun);
        long durable = machines.ledger().durableBatches() - durableBefore;
        long volatiles = machines.ledger().volatileAcks() - volatileBefore;
        var acks = machines.ledger().ackTimes();
        var live = ageOfTheOldestMachine(fleet);
        assertThat(fleet.alerts("state=firing")).as("nobody has heard of it").isEmpty();

        long back = System.nanoTime();
        kafka.start();
        Eventually.until("it fires", LONG, () -> fleet.alerts("state=firing").size() == 1);
        var fired = since(back);
        Eventually.until(
            "ready again", LONG, () -> fleet.ready().path("status").asString().equals("ready"));
        System.out.printf(
            "Kafka down for %s: said so after %s, %d of about %d batches durable meanwhile, ack"
                + " p99 %s and %s before, live view %s old, the alert fired %s after its return, ready after"
                + " %s%n",
            outage,
            told,
            durable,
            MACHINES * outage.toSeconds(),
            acks.percentile(99),
            before.percentile(99),
            live,
            fired,
            since(back));
        assertThat(durable).isGreaterThan(MACHINES * outage.toSeconds() * 8 / 10);
        assertThat(acks.percentile(99)).isLessThan(Duration.ofSeconds(2));
        assertThat(volatiles).isZero();
        assertThat(live).isLessThan(Duration.ofSeconds(5));
        assertThat(fleet.alerts("rule=too-busy")).as("once").hasSize(1);

        assertThat(machines.drain(LONG)).as("everything is durable").isTrue();
        var verdict = new HistoryOracle(database).judge(machines.machines(), WORKLOAD);
        assertThat(verdict.isExact()).as("%s", verdict).isTrue();
      }
    }
  }

  private static Duration ageOfTheOldestMachine(RoleFleet fleet) {
    var oldest = Duration.ZERO;
    for (int machine = 0; machine < MACHINES; machine++) {
      var seen = Instant.parse(fleet.machine("sim-" + machine).path("last_seen").asString());
      var age = Duration.between(seen, Instant.now());
      oldest = age.compareTo(oldest) > 0 ? age : oldest;
    }
    return oldest;
  }

  private static Duration since(long nanoTime) {
    return Duration.ofMillis((System.nanoTime() - nanoTime) / 1_000_000);
  }
}
