package io.sysmonstm.distributions;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gives the built image secrets in each way there is, and looks for them wherever it talks. */
class SecretsIT {
  private static final String CANARY = "c4n4ry";
  // Where a secret is one of 40 digits in hex.
  private static final String HEX_CANARY = "c4".repeat(20);

  @TempDir private Path directory;

  @Test
  @DisplayName("row 14, 23: secrets appear in no log, configuration, metric, answer or argument")
  void appearNowhere() throws Exception {
    var configuration = configuration();
    var environment = secrets();
    try (var gateway =
            RunningImage.role(
                "gateway",
                directory.resolve("gateway"),
                environment,
                "--config",
                configuration.toString());
        var alerts =
            RunningImage.role(
                "alerts",
                directory.resolve("alerts"),
                environment,
                "--config",
                configuration.toString())) {
      Eventually.until("the page answers", Duration.ofSeconds(60), gateway::answers);
      // None of the servers is there, so that everything fails and says so.
      gateway.awaitLog("database_away");
      alerts.awaitLog("database_away");
      for (var path :
          List.of(
              "/metrics",
              "/ready",
              "/health",
              "/api/v1/machines",
              "/api/v1/rules",
              "/api/v1/alerts",
              "/api/v1/audit",
              "/api/v1/session",
              "/api/v1/login/oidc",
              "/api/v1/history?metric=cpu_percent")) {
        var answer = gateway.send("GET", path, "");
        assertThat(answer.body() + answer.headers().map()).as(path).doesNotContain(CANARY);
      }
      for (var process : List.of(gateway, alerts)) {
        assertThat(arguments(process.pid())).isNotEmpty().doesNotContain(CANARY);
        assertThat(process.terminate()).isZero();
        assertThat(process.log()).contains("database_away").doesNotContain(CANARY);
      }
    }
    for (var role : List.of("gateway", "alerts")) {
      assertThat(config(role, environment, configuration))
          .contains("***")
          .contains("timescale.password")
          .doesNotContain(CANARY);
    }
  }

  @Test
  @DisplayName("row 14: a bad value that is secret is refused without being shown")
  void areNotShownWhereTheyAreRefused() throws Exception {
    var environment =
        Map.of(
            "REDIS_URL",
            "redis//" + CANARY,
            "TIMESCALE_URL",
            "jdbc:oracle:" + CANARY + "?password=" + CANARY,
            "KAFKA_PASSWORD_FILE",
            "/nonexistent");

    var said =
        run(
            environment,
            "gateway",
            "--current.store",
            "redis",
            "--history.store",
            "timescale",
            "--events.bus",
            "redis-streams");

    assertThat(said).contains("redis.url").doesNotContain("password=" + CANARY);
    assertThat(said).doesNotContain("redis//" + CANARY).endsWith("exit 2");
  }

  @Test
  @DisplayName("row 14: files with secrets that others can read are warned of")
  void readableFilesAreWarnedOf() throws Exception {
    var open = secretFile("open", "rw-r--r--");
    var shut = secretFile("shut", "rw-------");

    assertThat(logOf("open", open)).contains("can be read by everybody", "chmod 600");
    assertThat(logOf("shut", shut)).doesNotContain("can be read by everybody");
  }

  @Test
  @DisplayName("row 14: what lets a machine or a gateway in is not handed on to other processes")
  void tokensStayInTheirProcess() throws Exception {
    assertKeeps("edge", Map.of("EDGE_PUBLISH_TOKEN", HEX_CANARY), "edge_started");
    assertKeeps(
        "collector",
        Map.of(
            "COLLECTOR_ENROLMENT_TOKEN",
            "smt1_0123456789abcdef_" + HEX_CANARY,
            "COLLECTOR_AGGREGATOR_URL",
            "https://127.0.0.1:1"),
        "collector_stream_ended");
    int grpc = RunningImage.freePort();
    int http = RunningImage.freePort();
    assertKeeps(
        "standalone",
        Map.of(
            "AGGREGATOR_LISTEN",
            "127.0.0.1:" + grpc,
            "GATEWAY_LISTEN",
            "127.0.0.1:" + http,
            "GATEWAY_EDGE_URL",
            "ws://127.0.0.1:1",
            "GATEWAY_EDGE_TOKEN",
            HEX_CANARY),
        "collector_delivering");
  }

  /** Looks at a role, and at each process that it starts, until something is in its log. */
  private void assertKeeps(String role, Map<String, String> environment, String event)
      throws Exception {
    var handedOn = new TreeSet<String>();
    try (var process = RunningImage.role(role, directory.resolve(role), environment)) {
      Eventually.until(
          event + " of " + role,
          Duration.ofSeconds(60),
          () -> {
            handedOn.addAll(thatKnow(HEX_CANARY, process.pid()));
            return process.log().contains(event);
          });
      assertThat(environ(process.pid())).as("the test looks where it is").contains(HEX_CANARY);
      assertThat(arguments(process.pid())).isNotEmpty().doesNotContain(HEX_CANARY);
      assertThat(process.terminate()).isZero();
      assertThat(process.log()).doesNotContain(HEX_CANARY);
    }
    assertThat(handedOn).as("processes that know the secret of " + role).isEmpty();
  }

  /**
   * The programs that a role has started and that have a secret in their environment. Not those by
   * which the image starts programs, for a moment; nor {@code uname}, which the driver of SQLite
   * asks once as it is loaded, and gives all it has.
   */
  private static List<String> thatKnow(String secret, long pid) {
    var image = RunningImage.directory().getParent();
    var started = ProcessHandle.of(pid).filter(SecretsIT::isJava);
    return started.stream()
        .flatMap(ProcessHandle::descendants)
        .filter(process -> environ(process.pid()).contains(secret))
        .flatMap(process -> process.info().command().stream())
        .filter(program -> !Path.of(program).startsWith(image))
        .filter(program -> !program.endsWith("/uname"))
        .toList();
  }

  // Before it, the launch script asks where it is by a few programs.
  private static boolean isJava(ProcessHandle process) {
    return process.info().command().filter(program -> program.endsWith("/java")).isPresent();
  }

  private static String environ(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/environ"), ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  private String logOf(String name, Path password) {
    try (var alerts =
        RunningImage.role(
            "alerts",
            directory.resolve("of-" + name),
            Map.of(
                "HISTORY_STORE",
                "timescale",
                "EVENTS_BUS",
                "redis-streams",
                "REDIS_URL",
                "redis://127.0.0.1:1",
                "TIMESCALE_URL",
                "jdbc:postgresql://127.0.0.1:1/x",
                "TIMESCALE_PASSWORD_FILE",
                password.toString()))) {
      alerts.awaitLog("database_away");
      assertThat(alerts.log()).doesNotContain(CANARY);
      return alerts.log();
    }
  }

  private Map<String, String> secrets() throws IOException {
    var environment = new LinkedHashMap<String, String>();
    environment.put("CURRENT_STORE", "redis");
    environment.put("HISTORY_STORE", "timescale");
    environment.put("EVENTS_BUS", "redis-streams");
    environment.put("REDIS_URL", "redis://user:" + CANARY + "@127.0.0.1:1");
    environment.put("TIMESCALE_URL", "jdbc:postgresql://127.0.0.1:1/x?sslpassword=" + CANARY);
    environment.put("TIMESCALE_USER", "somebody");
    environment.put("GATEWAY_OIDC_ISSUER", "http://127.0.0.1:1");
    environment.put("GATEWAY_OIDC_CLIENT_ID", "sysmonstm");
    environment.put("GATEWAY_OIDC_CLIENT_SECRET", CANARY);
    environment.put("GATEWAY_OIDC_ADMINS", "ops");
    environment.put("TIMESCALE_PASSWORD_FILE", secretFile("password", "rw-------").toString());
    return environment;
  }

  private Path configuration() throws IOException {
    var file =
        Files.writeString(
            directory.resolve("sysmonstm.yaml"),
            """
            alerts.notifiers:
              hook: {type: webhook, url: "http://127.0.0.1:1/%1$s", secret: %1$s, headers: {Authorization: "Bearer %1$s"}}
              mail: {type: email, smtp-url: "smtp://user:%1$s@127.0.0.1:1", from: m@example.org, to: o@example.org}
            """
                .formatted(CANARY));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private Path secretFile(String name, String mode) throws IOException {
    var file = Files.writeString(directory.resolve(name), CANARY + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static String config(String role, Map<String, String> environment, Path file)
      throws Exception {
    return run(environment, "config", "--role", role, "--config", file.toString());
  }

  private static String run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(RunningImage.directory().resolve("bin/sysmonstm").toString())
            .redirectErrorStream(true);
    builder.command().addAll(List.of(arguments));
    builder.environment().putAll(environment);
    var process = builder.start();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    return said + "exit " + process.waitFor();
  }

  /** The arguments of a process and all that came of it, as {@code ps} shows them. */
  private static String arguments(long pid) throws IOException {
    var arguments = new StringBuilder();
    var handle = ProcessHandle.of(pid).orElseThrow();
    for (var process : Stream.concat(Stream.of(handle), handle.descendants()).toList()) {
      arguments.append(Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")));
    }
    return arguments.toString();
  }
}
