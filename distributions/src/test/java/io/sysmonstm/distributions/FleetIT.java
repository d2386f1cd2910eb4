package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.test.servers.KafkaServer;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each role a process of its own, on a real Redis and PostgreSQL, over each event bus. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  private Path directory;
  private RedisServer redis;
  private PostgresServer postgres;
  private KafkaServer kafka;
  private Path rules;

  @BeforeAll
  void startServers(@TempDir Path temporary) throws Exception {
    directory = temporary;
    redis = RedisServer.running();
    postgres = PostgresServer.create();
    kafka = KafkaServer.open();
    rules =
        Files.writeString(
            directory.resolve("rules.yaml"),
            """
            rules:
              - name: too-busy
                metric: cpu_percent
                match: { machine: app }
                operator: gt
                threshold: 90
                clear: 60
                severity: critical
                message: "{{machine}} is at {{value}} %"
            """);
  }

  @AfterAll
  void stopServers() {
    kafka.close();
    postgres.close();
    redis.close();
  }

  private RoleFleet fleet(String bus) {
    return new RoleFleet(
        directory.resolve(bus),
        Map.of(
            "CURRENT_STORE",
            "redis",
            "HISTORY_STORE",
            "timescale",
            "EVENTS_BUS",
            bus,
            "REDIS_URL",
            redis.url(),
            "TIMESCALE_URL",
            postgres.createDatabase(),
            "KAFKA_BOOTSTRAP_SERVERS",
            kafka.bootstrapServers(),
            "ALERTS_RULES_FILE",
            rules.toString(),
            "ALERTS_GROUP_WAIT",
            "0s"));
  }

  @Test
  void twoCollectorsAreLiveOnThePage() {
    try (var fleet = fleet("redis-pubsub");
        var one = RunningImage.collector(directory.resolve("one"), fleet.gateway(), "one");
        var two = RunningImage.collector(directory.resolve("two"), fleet.gateway(), "two");
        var browser = new Browser()) {
      var page = browser.open(fleet.gateway().url());
      for (var machine : new String[] {"one", "two"}) {
        var row = Browser.machineRow(page, machine);
        row.waitFor();
        var before = row.innerText();
        Eventually.until("the row moves", LONG, () -> !row.innerText().equals(before));
      }
      Browser.screenshot(page, "fleet-of-roles");
      two.kill();
      Eventually.until(
          "the killed one is down",
          LONG,
          () -> fleet.machine("two").path("status").asString().equals("down"));
      assertThat(fleet.machine("one").path("status").asString()).isEqualTo("up");
      assertThat(one.terminate()).isZero();
      assertThat(fleet.gateway().get("/api/v1/history?machine=one&metric=cpu_percent&from=-5m"))
          .contains("\"points\":[[");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis-pubsub", "redis-streams", "kafka"})
  void anAlertFiresAndResolvesOnceOverEachBus(String bus) throws Exception {
    try (var fleet = fleet(bus)) {
      Eventually.until(
          "ready", LONG, () -> fleet.ready().path("status").asString().equals("ready"));
      Eventually.until(
          "it fires",
          LONG,
          () ->
              fleet.sendCpuPercent("app", 95).getSuccess()
                  && fleet.alerts("state=firing").size() == 1);
      var alert = fleet.alerts("state=firing").get(0);
      assertThat(alert.path("message").asString()).isEqualTo("app is at 95 %");
      Eventually.until(
          "it resolves",
          LONG,
          () ->
              fleet.sendCpuPercent("app", 10).getSuccess()
                  && fleet.alerts("state=resolved").size() == 1);
      assertThat(fleet.alerts("rule=too-busy")).hasSize(1);
      fleet.alerts().awaitLog("\"event\":\"alert_resolved\"");
      assertThat(fleet.alerts().log()).containsOnlyOnce("\"event\":\"alert_fired\"");
    }
  }
}
