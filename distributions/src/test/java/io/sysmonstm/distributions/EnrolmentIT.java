package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second machine comes in by the one command that is printed for it, and is taken out again. */
class EnrolmentIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Pattern COMMAND =
      Pattern.compile(
          "COLLECTOR_ENROLMENT_TOKEN=(\\S+) \\./sysmonstm collector --aggregator-url (\\S+)"
              + " --enrolment\\.ca-pin (\\S+)\n");

  @TempDir private Path directory;

  private final int grpc = RunningImage.freePort();

  private String command(String... arguments) {
    var all = new ArrayList<>(List.of(arguments));
    all.add("--data-directory");
    all.add(directory.resolve("one").toString());
    return RunningImage.run(all.toArray(String[]::new));
  }

  private RunningImage standalone() {
    int http = RunningImage.freePort();
    return RunningImage.role(
        "standalone",
        directory.resolve("one"),
        Map.of(),
        grpc,
        http,
        "--aggregator.listen",
        "0.0.0.0:" + grpc,
        "--gateway.listen",
        "127.0.0.1:" + http,
        "--aggregator.enrolment.enabled",
        "--collector.machine-id",
        "m1",
        "--collection-interval",
        "1s");
  }

  private RunningImage collector(String url, String pin, String token) {
    return RunningImage.role(
        "collector",
        directory.resolve("two"),
        Map.of("COLLECTOR_ENROLMENT_TOKEN", token, "COLLECTOR_MACHINE_ID", "m2"),
        "--aggregator-url",
        url,
        "--enrolment.ca-pin",
        pin,
        "--collection-interval",
        "1s");
  }

  @Test
  @DisplayName(
      "3, 5: a machine is enrolled by a pasted command, comes back by itself, and is cut off")
  void aSecondMachineComesInAndIsTakenOut() throws Exception {
    try (var standalone = standalone()) {
      standalone.awaitLog("standalone_ready");
      Eventually.until(
          "its own machine is in", LONG, () -> standalone.get("/api/v1/machines").contains("m1"));

      var printed = command("token", "create", "--url", "localhost:" + grpc);
      var parts = COMMAND.matcher(printed);
      assertThat(parts.find()).as(printed).isTrue();
      var token = parts.group(1);
      assertThat(parts.group(2)).isEqualTo("https://localhost:" + grpc);

      try (var collector = collector(parts.group(2), parts.group(3), token)) {
        Eventually.until(
            "the new machine is in; log: " + collector.log(),
            LONG,
            () -> standalone.get("/api/v1/machines").contains("m2"));
        assertThat(collector.terminate()).isZero();
      }
      assertThat(command("token", "list")).contains("used by m2", "used by m1");
      assertThat(command("machines", "list")).contains("m1  certificate", "m2  certificate");
      assertThat(
              Files.getPosixFilePermissions(
                  directory.resolve("two").resolve("identity").resolve("machine.pem")))
          .hasSize(2);

      try (var again = collector(parts.group(2), parts.group(3), token)) {
        again.awaitLog("collector_delivering");
        assertThat(again.log()).doesNotContain(token);
        assertThat(command("machines", "revoke", "m2")).contains("revoked 1").endsWith("exit 0");
        again.awaitLog("the credential was revoked");
      }
      assertThat(command("machines", "revoke", "m2")).endsWith("exit 1");
      assertThat(standalone.log()).doesNotContain(token);
    }
  }

  @Test
  @DisplayName("1: beyond loopback an aggregator has to know machines by their credentials")
  void aNonLoopbackAddressNeedsEnrolment() {
    assertThat(
            RunningImage.runIn(
                RunningImage.directory("aggregator"),
                "aggregator",
                "--aggregator.listen",
                "0.0.0.0:0",
                "--data-directory",
                directory.resolve("three").toString()))
        .contains("aggregator.listen is '0.0.0.0:0'", "without TLS and authentication")
        .endsWith("exit 2");
  }
}
