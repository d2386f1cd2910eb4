package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each role from its own image, without a server beside it. */
class RoleIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @Test
  void anAggregatorAloneTakesBatchesAndWarnsOfWhatNobodyElseSees() {
    try (var aggregator = RunningImage.role("aggregator", directory.resolve("one"), Map.of());
        var collector =
            RunningImage.role(
                "collector",
                directory.resolve("two"),
                Map.of("COLLECTOR_AGGREGATOR_URL", "127.0.0.1:" + aggregator.grpcPort()),
                "--collection-interval",
                "1s")) {
      collector.awaitLog("collector_delivering");
      aggregator.awaitLog("role_ready");

      assertThat(aggregator.log())
          .contains("not_shared", "events.bus is 'local'", "current.store is 'embedded'");
      assertThat(health("aggregator", "one"))
          .contains("\"status\":\"ready\"", "\"aggregator.history\":\"ok\"")
          .endsWith("exit 0");
      Eventually.until("it delivers", LONG, () -> health("collector", "two").contains("\"ready\""));

      assertThat(collector.terminate()).isZero();
      assertThat(aggregator.terminate()).isZero();
    }
    assertThat(health("aggregator", "one")).contains("does not run").endsWith("exit 1");
  }

  @Test
  void aCollectorStartsWithoutAnAggregatorSaysSoAndStops() {
    try (var collector =
        RunningImage.role(
            "collector",
            directory.resolve("data"),
            Map.of("COLLECTOR_AGGREGATOR_URL", "127.0.0.1:" + RunningImage.freePort()))) {
      Eventually.until(
          "it is degraded",
          LONG,
          () -> health("collector", "data").contains("\"status\":\"degraded\""));

      assertThat(health("collector", "data"))
          .contains("\"collector.delivery\":\"error: ")
          .endsWith("exit 0");
      assertThat(collector.terminate()).isZero();
    }
  }

  @Test
  void anAggregatorStartsWhileItsServersAreDownAndStops() {
    try (var aggregator = between("aggregator")) {
      Eventually.until(
          "it is not ready",
          LONG,
          () -> health("aggregator", "data").contains("\"aggregator.history\":\"error: "));

      assertThat(health("aggregator", "data")).contains("not_ready").endsWith("exit 1");
      assertThat(aggregator.terminate()).isZero();
    }
  }

  @Test
  void anAlertsEngineStartsWhileItsServersAreDownAndStops() {
    try (var alerts = between("alerts")) {
      Eventually.until(
          "it tells what fails",
          LONG,
          () -> health("alerts", "data").contains("\"alerts.alert_store\":\"error: "));

      assertThat(health("alerts", "data")).contains("\"events\":\"error: ");
      assertThat(alerts.log()).contains("role_started");
      assertThat(alerts.terminate()).isZero();
    }
  }

  @Test
  void aGatewayStartsWhileItsServersAreDownAnswersAndStops() {
    try (var gateway = between("gateway")) {
      gateway.awaitLog("role_started");
      assertThat(gateway.send("GET", "/health", "").statusCode()).isEqualTo(200);
      var ready = gateway.send("GET", "/ready", "");
      assertThat(ready.statusCode()).isEqualTo(503);
      // Whether there are accounts is in the store that is away: a stranger is told no details.
      assertThat(ready.body()).isEqualTo("{\"status\":\"not_ready\"}");
      assertThat(gateway.get("/")).contains("<html");
      gateway.awaitLog("role_not_ready");
      assertThat(health("gateway", "data"))
          .contains("not_ready", "history\":\"error: ", "aggregator\":\"error: ")
          .endsWith("exit 1");
      assertThat(gateway.terminate()).isZero();
    }
  }

  @Test
  void rolesThatLiveByOthersRefuseWhatNobodySharesAllAtOnce() {
    assertThat(RunningImage.runIn(RunningImage.directory("alerts"), "alerts"))
        .contains("history.store is 'embedded'", "timescale", "events.bus is 'local'", "kafka")
        .doesNotContain("current.store", "\tat ")
        .endsWith("exit 2");
    assertThat(
            RunningImage.runIn(
                RunningImage.directory("gateway"), "gateway", "--max-viewers", "none"))
        .contains("current.store is 'embedded'", "history.store is 'embedded'")
        .contains("events.bus is 'local'", "gateway.max-viewers is 'none'")
        .endsWith("exit 2");
    // Also from the image that has them.
    assertThat(RunningImage.run("config", "--role", "alerts"))
        .contains("history.store is 'embedded'")
        .doesNotContain("\tat ")
        .endsWith("exit 2");
  }

  @Test
  void anImageOfOneRoleNamesTheImageOfAnother() {
    assertThat(RunningImage.runIn(RunningImage.directory("collector"), "gateway"))
        .contains("the role gateway is not in this image", "collector")
        .endsWith("exit 2");
    assertThat(
            RunningImage.runIn(RunningImage.directory("collector"), "config", "--role", "gatway"))
        .contains("'gatway' is not known")
        .endsWith("exit 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "collector", "aggregator", "alerts", "gateway", "edge"})
  void oneFileServesEveryRole(String role) throws Exception {
    var file =
        Files.writeString(
            directory.resolve("sysmonstm.yaml"),
            """
            collector:
              aggregator-url: aggregator.example:50051
              spool: {max-bytes: 64MiB}
            aggregator:
              batch: {max-samples: 2000}
            current: {store: redis, ttl: 3m}
            history: {store: timescale, retention: {raw: 24h}}
            events: {bus: redis-pubsub}
            redis: {url: "redis://redis.example:6379"}
            timescale: {url: "jdbc:postgresql://db.example:5432/sysmonstm"}
            kafka: {bootstrap-servers: "kafka.example:9092"}
            alerts:
              notifiers:
                console: {type: log}
            gateway:
              aggregator-url: aggregator.example:50051
              max-viewers: 500
            """);

    assertThat(
            RunningImage.runIn(
                RunningImage.directory(role),
                "config",
                "--role",
                role,
                "--config",
                file.toString()))
        .contains("data-directory: ")
        .endsWith("exit 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "collector", "aggregator", "alerts", "gateway", "edge"})
  void everyRoleHasHelp(String role) {
    assertThat(RunningImage.runIn(RunningImage.directory(role), role, "--help"))
        .contains("--data-directory", "--config")
        .endsWith("exit 0");
  }

  @Test
  void theConfigurationTellsWhichIdTheMachineHas() throws Exception {
    var data = directory.resolve("data");
    assertThat(
            RunningImage.run("config", "--role", "collector", "--data-directory", data.toString()))
        .contains("collector.machine-id:  # made at the first start, and kept in " + data);
    assertThat(data).doesNotExist();

    Files.createDirectories(data);
    Files.writeString(data.resolve("machine-id"), "c0ffee\n");
    assertThat(
            RunningImage.run("config", "--role", "collector", "--data-directory", data.toString()))
        .contains("collector.machine-id: c0ffee  # kept in " + data);
  }

  private RunningImage between(String role) {
    return RunningImage.role(
        role,
        directory.resolve("data"),
        Map.of(
            "CURRENT_STORE",
            "redis",
            "HISTORY_STORE",
            "timescale",
            "EVENTS_BUS",
            "redis-streams",
            "REDIS_URL",
            "redis://127.0.0.1:" + RunningImage.freePort(),
            "GATEWAY_AGGREGATOR_URL",
            "127.0.0.1:" + RunningImage.freePort(),
            "TIMESCALE_URL",
            "jdbc:postgresql://127.0.0.1:%d/none".formatted(RunningImage.freePort())));
  }

  private String health(String role, String data) {
    return RunningImage.run(
        "health", "--role", role, "--data-directory", directory.resolve(data).toString());
  }
}
