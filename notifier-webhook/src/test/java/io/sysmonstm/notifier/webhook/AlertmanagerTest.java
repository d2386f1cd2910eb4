package io.sysmonstm.notifier.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Notification.Kind;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.Skipped;
import io.sysmonstm.testkit.TestContext;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real Alertmanager, where there is one. */
class AlertmanagerTest {
  private static final String VARIABLE = "SYSMONSTM_TEST_ALERTMANAGER_EXECUTABLE";

  private final HttpClient client = HttpClient.newHttpClient();
  private final FarEnd receiver = new FarEnd();
  private Optional<Process> process = Optional.empty();
  private TestContext context;
  private String url;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    context = new TestContext(TimeSource.system(), directory);
    var found =
        Stream.concat(
                Optional.ofNullable(System.getenv(VARIABLE)).map(Path::of).stream(),
                Stream.of(
                    Path.of("/usr/bin/prometheus-alertmanager"), Path.of("/usr/bin/alertmanager")))
            .filter(Files::isExecutable)
            .findFirst();
    Skipped.unless(
        found.isPresent(), "no Alertmanager: install prometheus-alertmanager, or set " + VARIABLE);
    var file = directory.resolve("alertmanager.yml");
    Files.writeString(
        file,
        """
        route: {receiver: test, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
        receivers: [{name: test, webhook_configs: [{url: '%s', send_resolved: true}]}]
        """
            .formatted(receiver.url("/from-alertmanager")));
    int port = freePort();
    url = "http://127.0.0.1:" + port;
    process =
        Optional.of(
            new ProcessBuilder(
                    found.get().toString(),
                    "--config.file=" + file,
                    "--storage.path=" + directory.resolve("data"),
                    "--web.listen-address=127.0.0.1:" + port,
                    "--cluster.listen-address=")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start());
    Eventually.until("is ready", () -> status("/-/ready") == 200);
  }

  @AfterEach
  void stop() {
    process.ifPresent(Process::destroyForcibly);
    receiver.close();
    client.close();
    context.close();
  }

  @Test
  void takesAlertsThatFireAndPassesOnThatTheyAreOver() throws Exception {
    var notifier = AlertmanagerNotifier.builder(context, url).build();
    notifier.notify(Notices.of("m1 / is 95 % full", Kind.FIRED));

    Eventually.asserted(() -> assertThat(passedOn("firing")).hasSize(1));
    assertThat(labels())
        .containsEntry("alertname", "disk-filling")
        .containsEntry("machine", "m1")
        .containsEntry("severity", "critical")
        .containsEntry("metric", "disk_percent")
        .containsEntry("mount", "/")
        .containsEntry("fs_type", "ext4")
        .containsEntry("label_machine", "shadow");

    notifier.notify(Notices.of("m1 / is 70 % full", Kind.RESOLVED));

    Eventually.asserted(() -> assertThat(passedOn("resolved")).hasSize(1));
  }

  private List<String> passedOn(String status) {
    return receiver.accepted().stream()
        .map(FarEnd.Request::body)
        .filter(body -> body.contains("\"status\":\"" + status + "\""))
        .toList();
  }

  private Map<String, Object> labels() throws IOException, InterruptedException {
    var alerts = Parsed.list(get("/api/v2/alerts").body());
    return Parsed.map(Parsed.map(alerts.getFirst()).get("labels"));
  }

  private int status(String path) {
    try {
      return get(path).statusCode();
    } catch (IOException notYet) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
