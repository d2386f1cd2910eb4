package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.load.Evidence;
import io.sysmonstm.load.Fleet;
import io.sysmonstm.load.HistoryOracle;
import io.sysmonstm.load.Ledger;
import io.sysmonstm.load.SimulatedMachine;
import io.sysmonstm.load.Workload;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each server goes away in each way, while 20 machines send; the rest goes on, and afterwards
 * nothing is missing and nothing is there twice, told by who knows what was sent.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutageIT {
  private static final int MACHINES = 20;
  private static final Workload WORKLOAD = new Workload(20);
  private static final Duration OUTAGE = Duration.ofSeconds(8);

  private RedisServer redis;
  private PostgresServer postgres;
  private String database;
  private RoleFleet fleet;
  private int madeSoFar;
  // Each test has machines of its own.
  private Fleet machines;
  private Set<String> ids;

  @BeforeAll
  void startServers(@TempDir Path directory) {
    redis = RedisServer.running();
    postgres = PostgresServer.create();
    database = postgres.createDatabase();
    fleet =
        new RoleFleet(
            directory,
            Map.of(
                "CURRENT_STORE", "redis",
                "HISTORY_STORE", "timescale",
                "EVENTS_BUS", "redis-streams",
                "REDIS_URL", redis.url(),
                "TIMESCALE_URL", database));
  }

  @AfterAll
  void stopServers() {
    if (fleet != null) {
      fleet.close();
    }
    postgres.close();
    redis.close();
  }

  @BeforeEach
  void startMachines() {
    machines = fleet.machines(madeSoFar, MACHINES, WORKLOAD);
    madeSoFar += MACHINES;
    ids = machines.machines().stream().map(SimulatedMachine::id).collect(Collectors.toSet());
    Eventually.until("all are shown", Duration.ofSeconds(30), this::allAreShownUp);
    Eventually.until(
        "batches are durable",
        Duration.ofSeconds(30),
        () -> machines.ledger().durableBatches() > MACHINES);
    Eventually.until("ready", this::allIsWell);
    machines.ledger().ackTimes();
  }

  @AfterEach
  void stopMachines() {
    machines.close();
  }

  @Test
  void redisDownAndBackEmpty() throws Exception {
    redisIsAway("Redis down", redis::stop, redis::start);
  }

  @Test
  void redisFrozen() throws Exception {
    redisIsAway("Redis frozen", redis::pause, redis::resume);
  }

  private void redisIsAway(String fault, Runnable begin, Runnable end) throws Exception {
    long durableBefore = machines.ledger().durableBatches();
    long begun = System.nanoTime();
    Duration told;
    Duration outage;
    Duration answered;
    Ledger.AckTimes acks;
    long durable;
    try {
      begin.run();
      Eventually.until(
          "the gateway says so", () -> fleet.check("current_state").startsWith("error"));
      told = since(begun);
      pass(OUTAGE.minus(told));
      outage = since(begun);
      durable = machines.ledger().durableBatches() - durableBefore;
      acks = machines.ledger().ackTimes();
      long asked = System.nanoTime();
      assertThat(allAreShownUp()).as("the page goes on from history").isTrue();
      answered = since(asked);
    } finally {
      end.run();
    }
    long back = System.nanoTime();
    Eventually.until("state is full again", Duration.ofSeconds(15), this::stateIsFull);
    var full = since(back);
    Eventually.until("ready", this::allIsWell);
    print(
        "%s for %s: said so after %s, %d of about %d batches durable meanwhile, ack p99 %s, state"
            + " answered in %s, full again after %s",
        fault,
        outage,
        told,
        durable,
        MACHINES * outage.toSeconds(),
        acks.percentile(99),
        answered,
        full);
    assertThat(told).isLessThan(Duration.ofSeconds(5));
    assertThat(durable).isGreaterThan(MACHINES * outage.toSeconds() * 8 / 10);
    assertThat(acks.percentile(99)).isLessThan(Duration.ofSeconds(2));
    assertThat(answered).isLessThan(Duration.ofSeconds(2));
    historyIsExact();
  }

  @Test
  void postgresDown() throws Exception {
    postgresIsAway("PostgreSQL down", postgres::stop, postgres::start);
  }

  @Test
  void postgresFrozen() throws Exception {
    postgresIsAway("PostgreSQL frozen", postgres::pause, postgres::resume);
  }

  @Test
  void postgresRefusesWrites() throws Exception {
    postgresIsAway("PostgreSQL read-only", () -> readOnly(true), () -> readOnly(false));
  }

  private void readOnly(boolean value) {
    PostgresServer.execute(
        postgres.jdbcUrl("postgres"),
        "ALTER SYSTEM SET default_transaction_read_only = " + value,
        "SELECT pg_reload_conf()");
  }

  private void postgresIsAway(String fault, Runnable begin, Runnable end) throws Exception {
    long begun;
    Duration turned;
    Duration told;
    Duration live;
    try {
      begin.run();
      begun = System.nanoTime();
      long volatileBefore = machines.ledger().volatileAcks();
      Eventually.until(
          "acks are volatile", () -> machines.ledger().volatileAcks() > volatileBefore);
      turned = since(begun);
      Eventually.until(
          "the aggregator says so", () -> fleet.health("aggregator").contains("history\":\"error"));
      told = since(begun);
      pass(OUTAGE.minus(told));
      live = newestSampleAge();
    } finally {
      end.run();
    }
    long back = System.nanoTime();
    Eventually.until("ready", Duration.ofSeconds(30), this::allIsWell);
    var healthy = since(back);
    assertThat(machines.drain(Duration.ofSeconds(60))).as("everything is durable").isTrue();
    print(
        "%s for %s: acks volatile after %s, said so after %s, live view %s old, healthy %s after"
            + " its return, drained after %s",
        fault, since(begun).minus(since(back)), turned, told, live, healthy, since(back));
    assertThat(turned).isLessThan(Duration.ofSeconds(6));
    assertThat(told).isLessThan(Duration.ofSeconds(15));
    assertThat(live).isLessThan(Duration.ofSeconds(5));
    assertThat(healthy).isLessThan(Duration.ofSeconds(15));
    historyIsExact();
  }

  private boolean allIsWell() {
    return fleet.ready().path("status").asString().equals("ready")
        && fleet.health("aggregator").contains("\"status\":\"ready\"");
  }

  @Test
  void bothDown() throws Exception {
    try {
      redis.stop();
      postgres.stop();
      Eventually.until(
          "the gateway says so",
          () ->
              fleet.check("current_state").startsWith("error")
                  && fleet.check("history").startsWith("error"));
      pass(OUTAGE);
      assertThat(fleet.gateway().get("/")).contains("<html");
    } finally {
      postgres.start();
      redis.start();
    }
    long back = System.nanoTime();
    Eventually.until("state is full again", Duration.ofSeconds(30), this::stateIsFull);
    var full = since(back);
    assertThat(machines.drain(Duration.ofSeconds(60))).as("everything is durable").isTrue();
    print("both down for %s: state full after %s, drained after %s", OUTAGE, full, since(back));
    historyIsExact();
  }

  private boolean allAreShownUp() {
    int up = 0;
    for (var machine : fleet.machinesShown()) {
      boolean ours = ids.contains(machine.path("machine_id").asString());
      up += ours && machine.path("status").asString().equals("up") ? 1 : 0;
    }
    return up == MACHINES;
  }

  private boolean stateIsFull() {
    var states =
        fleet.currentStates().stream().filter(state -> ids.contains(state.getMachineId())).toList();
    return states.size() == MACHINES
        && states.stream()
            .allMatch(
                state ->
                    state.getLastSeenMs() > System.currentTimeMillis() - 3_000
                        && !state.getCurrentMetricsList().isEmpty());
  }

  private Duration newestSampleAge() {
    var any = ids.iterator().next();
    var seen = Instant.parse(fleet.machine(any).path("last_seen").asString());
    return Duration.between(seen, Instant.now());
  }

  private void historyIsExact() throws Exception {
    assertThat(machines.drain(Duration.ofSeconds(60))).as("everything is durable").isTrue();
    var verdict = new HistoryOracle(database).judge(machines.machines(), WORKLOAD);
    print("  %d rows, %d missing, %d twice", verdict.rows(), verdict.missing(), verdict.doubled());
    assertThat(Evidence.of(machines.ledger()).gaps(false)).isEmpty();
    assertThat(verdict.isExact()).as("%s", verdict).isTrue();
  }

  // Time has to pass here: an outage has a length.
  private static void pass(Duration time) throws InterruptedException {
    if (time.isPositive()) {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }
  }

  private static Duration since(long nanoTime) {
    return Duration.ofMillis((System.nanoTime() - nanoTime) / 1_000_000);
  }

  private static void print(String format, Object... arguments) {
    System.out.printf(format + "%n", arguments);
  }
}
