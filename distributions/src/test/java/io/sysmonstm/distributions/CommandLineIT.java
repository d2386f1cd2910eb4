package io.sysmonstm.distributions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the built image, as an operator types them. */
class CommandLineIT {
  @TempDir private Path directory;

  @Test
  void tellsItsCommandsAndItsVersion() {
    assertThat(RunningImage.run("--help"))
        .contains("standalone", "collector", "config", "plugins", "rules", "notify")
        .endsWith("exit 0");
    assertThat(RunningImage.run("collector", "--help"))
        .contains("--collector.aggregator-url", "--config")
        .endsWith("exit 0");
    assertThat(RunningImage.run("--version")).matches("sysmonstm \\d\\S+\\s+exit 0");
  }

  @Test
  void printsTheEffectiveConfigurationWithItsSources() throws Exception {
    var file =
        Files.writeString(directory.resolve("c.yaml"), "collector:\n  collection-interval: 10s\n");

    assertThat(
            RunningImage.run(
                "config",
                "--role",
                "collector",
                "--config",
                file.toString(),
                "--machine-id",
                "web-1"))
        .contains("collector.collection-interval: 10s  # ")
        .contains("collector.machine-id: web-1  # ")
        .contains("collector.aggregator-url: localhost:50051  # default")
        .endsWith("exit 0");
  }

  @Test
  void tellsAllProblemsOfABadConfigurationAtOnceAndExitsWithTwo() throws Exception {
    var file =
        Files.writeString(directory.resolve("c.yaml"), "collector:\n  colection-interval: 10s\n");

    assertThat(
            RunningImage.run(
                "collector",
                "--config",
                file.toString(),
                "--collection-interval",
                "soon",
                "--nonsense",
                "1"))
        .contains("colection-interval", "collection-interval", "soon", "nonsense")
        .endsWith("exit 2");
  }

  @Test
  void refusesToListenBeyondLoopbackWithoutTlsUnlessToldTo() {
    assertThat(
            RunningImage.run(
                "standalone",
                "--gateway.listen",
                "0.0.0.0:0",
                "--data-directory",
                directory.toString()))
        .contains("gateway.listen", "allow-insecure")
        .endsWith("exit 2");
  }

  @Test
  void checksRulesBeforeTheyAreDeployed() throws Exception {
    var bad =
        Files.writeString(
            directory.resolve("bad.yaml"),
            """
            rules:
              - name: one
                metric: cpu_percent
                operator: above
                threshold: .nan
              - name: one
                metric: cpu_percent
                operator: gt
                threshold: 1
            """);
    var good = Files.writeString(directory.resolve("good.yaml"), "rules: []\n");

    assertThat(RunningImage.run("rules", "check", bad.toString()))
        .contains("above", "threshold", "one")
        .endsWith("exit 2");
    assertThat(RunningImage.run("rules", "check", good.toString())).endsWith("exit 0");
    assertThat(RunningImage.run("rules", "check", directory.resolve("none.yaml").toString()))
        .contains("none.yaml")
        .endsWith("exit 2");
  }

  @Test
  void triesANotifierAndSaysWhatCameOfIt() throws Exception {
    var received = new LinkedBlockingQueue<String>();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          received.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.sendResponseHeaders(
              exchange.getRequestURI().getPath().equals("/") ? 204 : 403, -1);
          exchange.close();
        });
    server.start();
    try {
      var file =
          Files.writeString(
              directory.resolve("n.yaml"),
              """
              alerts.notifiers:
                ops: {type: webhook, url: "http://localhost:%1$d/", allow-private: true}
                shut: {type: webhook, url: "http://localhost:%1$d/no", allow-private: true}
                mail: {type: email, smtp-url: "smtp://localhost:1", from: m@example.org, to: o@example.org}
              """
                  .formatted(server.getAddress().getPort()));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

      assertThat(notifyTest("ops", file)).contains("ops has told").endsWith("exit 0");
      assertThat(received.remove()).contains("This is a test", "Nothing is wrong");
      assertThat(notifyTest("shut", file)).contains("answered 403").endsWith("exit 1");
      assertThat(notifyTest("mail", file)).contains("takes no mail").endsWith("exit 1");
      assertThat(notifyTest("none", file)).contains("mail, ops, shut").endsWith("exit 2");
    } finally {
      server.stop(0);
    }
  }

  private String notifyTest(String name, Path file) {
    return RunningImage.run(
        "notify",
        "test",
        name,
        "--config",
        file.toString(),
        "--data-directory",
        directory.resolve("data").toString());
  }

  @Test
  void testsRulesAgainstSamples() throws Exception {
    var test =
        """
        rules: [{name: busy, metric: cpu_percent, operator: gt, threshold: 90}]
        tests:
          - name: a busy machine
            series: [{metric: cpu_percent, values: "5 95x3"}]
            alerts: [{at: 10s, firing: [%s]}]
        """;
    var good = Files.writeString(directory.resolve("good.yaml"), test.formatted("busy"));
    var bad = Files.writeString(directory.resolve("bad.yaml"), test.formatted(""));

    assertThat(RunningImage.run("rules", "test", good.toString()))
        .contains("1 tests passed")
        .endsWith("exit 0");
    assertThat(RunningImage.run("rules", "test", bad.toString()))
        .contains("bad.yaml: test a busy machine: at 10s: expected nothing to fire")
        .endsWith("exit 1");
  }

  @Test
  void replaysRulesOnHistory() throws Exception {
    var rules =
        Files.writeString(
            directory.resolve("rules.yaml"),
            """
            rules:
              - {name: busy, metric: cpu_percent, operator: gt, threshold: 90}
              - {name: down, absent: 30s, match: {tag.env: prod}}
            """);
    var data = directory.resolve("data").toString();

    assertThat(
            RunningImage.run(
                "rules",
                "backtest",
                rules.toString(),
                "--rule",
                "busy",
                "--from",
                "-2d",
                "--data-directory",
                data))
        .contains("busy: 0 alerts in 2d")
        .endsWith("exit 0");
    assertThat(RunningImage.run("rules", "backtest", rules.toString(), "--data-directory", data))
        .contains("down: ", "tags")
        .endsWith("exit 1");
    assertThat(
            RunningImage.run(
                "rules",
                "backtest",
                rules.toString(),
                "--from",
                "long ago",
                "--data-directory",
                data))
        .contains("--from is 'long ago'")
        .endsWith("exit 2");
  }

  @Test
  void listsTheBundledPlugins() {
    assertThat(RunningImage.run("plugins"))
        .contains("embedded", "local", "oshi", "grpc", "log", "webhook", "alertmanager", "email")
        .endsWith("exit 0");
  }

  @Test
  void stopsWellOnSigterm() {
    var standalone = RunningImage.standalone(directory.resolve("data"));

    assertThat(standalone.terminate()).isZero();
  }
}
