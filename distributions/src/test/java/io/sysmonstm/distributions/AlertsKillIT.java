package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Kill -9 of an alerts engine while 20 alerts fire: what people hear, by the log's lines. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AlertsKillIT {
  private static final int MACHINES = 20;
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String RULES =
      """
      rules:
        - name: too-busy
          metric: cpu_percent
          operator: gt
          threshold: 90
          clear: 60
          severity: critical
      """;

  private RedisServer redis;
  private PostgresServer postgres;
  private Path directory;

  @BeforeAll
  void startServers(@TempDir Path temporary) throws Exception {
    directory = temporary;
    redis = RedisServer.running();
    postgres = PostgresServer.create();
  }

  @AfterAll
  void stopServers() {
    postgres.close();
    redis.close();
  }

  private RoleFleet fleet(String name, String database) throws Exception {
    var place = Files.createDirectories(directory.resolve(name));
    return new RoleFleet(
        place,
        Map.of(
            "CURRENT_STORE", "redis",
            "HISTORY_STORE", "timescale",
            "EVENTS_BUS", "redis-streams",
            "REDIS_URL", redis.url(),
            "TIMESCALE_URL", database,
            "EVENTS_REDIS_STREAMS_PARTITIONS", "8",
            "ALERTS_GROUP_WAIT", "2s",
            "ALERTS_RULES_FILE", Files.writeString(place.resolve("rules.yaml"), RULES).toString()));
  }

  @Test
  void nothingIsToldAgainAndEveryEndIs() throws Exception {
    var database = postgres.createDatabase();
    try (var fleet = fleet("restart", database)) {
      awaitReady(fleet);
      awaitAlerts(fleet, "restart", 95, "firing");
      Eventually.until("all are told", LONG, () -> owed(database, "fired") == 0);
      var before = told(fleet.alerts().log());
      assertThat(before).hasSize(MACHINES);

      fleet.killAlerts();
      long killed = System.nanoTime();
      send(fleet, "restart", 96);
      fleet.start("alerts");
      send(fleet, "restart", 97);
      awaitAlerts(fleet, "restart", 10, "resolved");
      var back = Duration.ofNanos(System.nanoTime() - killed);
      Eventually.until("their ends are told", LONG, () -> owed(database, "resolved") == 0);

      var told = told(fleet.alerts().log());
      System.out.printf("Alerts killed with %d firing: all resolved %s later%n", MACHINES, back);
      assertThat(told).hasSize(2 * MACHINES).containsAllEntriesOf(before);
      assertThat(told.values()).as("each once").containsOnly(1);
    }
  }

  @Test
  void anotherEngineTakesOver() throws Exception {
    var database = postgres.createDatabase();
    try (var fleet = fleet("takeover", database);
        var other = fleet.anotherAlerts()) {
      awaitReady(fleet);
      other.awaitLog("role_started");
      // What was sent while they shared out the machines shows that both work.
      send(fleet, "takeover", 10);
      awaitAlerts(fleet, "takeover", 95, "firing");
      // Its share of the news is not told yet, for the most part.
      fleet.killAlerts();
      awaitAlerts(fleet, "takeover", 10, "resolved");
      Eventually.until(
          "all is told", LONG, () -> owed(database, "fired") + owed(database, "resolved") == 0);

      var told = told(fleet.alerts().log() + other.log());
      var twice = told.values().stream().filter(count -> count == 2).count();
      System.out.printf(
          "One of two engines killed: %d told, %d of them twice%n", told.size(), twice);
      assertThat(told).as("nothing lost, no alert more").hasSize(2 * MACHINES);
      assertThat(told.values()).allSatisfy(count -> assertThat(count).isBetween(1, 2));
      assertThat(fleet.alerts("rule=too-busy")).hasSize(MACHINES);
    }
  }

  private static void awaitReady(RoleFleet fleet) {
    Eventually.until("ready", LONG, () -> fleet.ready().path("status").asString().equals("ready"));
    fleet.alerts().awaitLog("role_started");
  }

  private static void send(RoleFleet fleet, String prefix, double value) {
    for (int machine = 0; machine < MACHINES; machine++) {
      fleet.sendCpuPercent(prefix + "-" + machine, value);
    }
  }

  /** Sends a value again and again, as collectors do, until all alerts are in a state. */
  private static void awaitAlerts(RoleFleet fleet, String prefix, double value, String state) {
    Eventually.until(
        "all are " + state,
        LONG,
        () -> {
          send(fleet, prefix, value);
          return fleet.alerts("state=" + state).size() == MACHINES;
        });
  }

  private static int owed(String database, String kind) throws SQLException {
    try (var connection = DriverManager.getConnection(database);
        var query =
            connection.prepareStatement(
                "SELECT count(*) FROM alert_notifications WHERE kind = ?")) {
      query.setString(1, kind);
      try (var rows = query.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** How often which news of which alert was told. */
  private static Map<String, Integer> told(String log) {
    var told = new TreeMap<String, Integer>();
    log.lines()
        .filter(
            line ->
                line.contains("\"event\":\"alert_fired\"")
                    || line.contains("\"event\":\"alert_resolved\""))
        .map(JSON::readTree)
        .forEach(
            line ->
                told.merge(
                    line.path("event").asString() + " " + line.path("alert").asString(),
                    1,
                    Integer::sum));
    return told;
  }
}
