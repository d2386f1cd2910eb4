package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.Browser.byTestId;
import static io.sysmonstm.distributions.Browser.machineRow;
import static io.sysmonstm.distributions.Browser.screenshot;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.sysmonstm.testkit.Eventually;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The public page, on the image of the edge relay, with a gateway behind it that comes and goes.
 */
class EdgeIT {
  private static final String TOKEN = "a token of the tests";
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  @TempDir private Path directory;
  private final int edgePort = RunningImage.freePort();
  private final int gatewayPort = RunningImage.freePort();
  private final int ingestPort = RunningImage.freePort();
  private RunningImage edge;

  @BeforeEach
  void start() {
    edge = startEdge();
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  private RunningImage startEdge() {
    var started =
        RunningImage.role(
            "edge",
            directory.resolve("edge"),
            Map.of("EDGE_PUBLISH_TOKEN", TOKEN),
            RunningImage.freePort(),
            edgePort);
    Eventually.until("the edge answers", started::answers);
    return started;
  }

  private RunningImage startGateway(String... more) {
    var flags =
        new ArrayList<>(
            List.of(
                "--collector.collection-interval",
                "1s",
                "--collector.machine-id",
                "secret-id",
                "--collector.tags",
                "owner=secret-owner",
                "--gateway.edge-url",
                "ws://127.0.0.1:" + edgePort,
                "--gateway.edge-token",
                TOKEN));
    flags.addAll(List.of(more));
    return RunningImage.standalone(
        directory.resolve("gateway"), ingestPort, gatewayPort, flags.toArray(String[]::new));
  }

  private void awaitPublisher() {
    Eventually.until(
        "the edge has a gateway and its snapshot",
        TEN_SECONDS,
        () -> edge.get("/ready").contains("\"publisher\":\"ok\""));
  }

  private static void awaitState(Page page, String state, Duration patience) {
    Eventually.until(
        "the page is " + state,
        patience,
        () -> state.equals(byTestId(page, "connection").getAttribute("data-state")));
  }

  @Test
  void thePublicPageIsLiveAndOutlivesBothEnds() {
    try (var browser = new Browser()) {
      var gateway = startGateway();
      try {
        awaitPublisher();
        var page = browser.open(edge.url());
        var row = machineRow(page, "secret-id");
        row.waitFor();
        var cpu = row.locator("[data-metric=cpu_percent] .meter-number");
        var before = cpu.innerText();
        Eventually.until(
            "the CPU's number changes",
            Duration.ofSeconds(60),
            () -> !cpu.innerText().equals(before));
        awaitState(page, "live", TEN_SECONDS);
        screenshot(page, "edge-fleet");
        var machine = browser.open(edge.url() + "/#/machines/secret-id");
        machine.locator("[data-testid=chart-card][data-chart=cpu][data-points]").waitFor();
        screenshot(machine, "edge-machine");
        machine.context().close();
        assertThat(browser.complaints()).isEmpty();

        gateway.kill();
        awaitState(page, "away", TEN_SECONDS);
        assertThat(byTestId(page, "banner").innerText()).contains("gateway has been away since");

        gateway = startGateway();
        awaitState(page, "live", TEN_SECONDS);
        assertThat(browser.complaints()).isEmpty();

        edge.kill();
        awaitState(page, "reconnecting", TEN_SECONDS);
        assertThat(gateway.get("/ready")).contains("\"status\":\"ready\"");
        var behind = gateway;
        Eventually.until(
            "the gateway says that the edge is away",
            TEN_SECONDS,
            () -> edgeCheck(behind.get("/ready")).startsWith("error"));

        edge = startEdge();
        awaitPublisher();
        awaitState(page, "live", Duration.ofSeconds(20));
        page.context().close();
      } finally {
        gateway.close();
      }
    }
  }

  private static String edgeCheck(String ready) {
    int at = ready.indexOf("\"edge\":\"");
    return at < 0 ? "" : ready.substring(at + "\"edge\":\"".length());
  }

  @Test
  void nothingLeavesThatIsNotOnTheList() throws Exception {
    var gateway = startGateway("--gateway.edge.hide-hostnames", "true");
    try (gateway) {
      awaitPublisher();
      var frames = new CopyOnWriteArrayList<String>();
      try (var client = HttpClient.newHttpClient()) {
        var viewer =
            client
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + edgePort + "/ws"), new Frames(frames))
                .join();
        Eventually.until("eight frames have come", Duration.ofSeconds(30), () -> frames.size() > 8);
        viewer.abort();
      }
      var all = String.join("\n", frames);
      assertThat(all)
          .contains("\"metric\":\"cpu_percent\"", "\"machine_id\":\"host-", "\"mount\":\"mount-")
          .doesNotContain("secret", InetAddress.getLocalHost().getHostName())
          .doesNotContain("/dev/", "\"device\"", "\"fstype\"", "\"interface\"", "net_rx_bytes")
          .doesNotContainPattern("\"pid\":")
          .doesNotContainPattern("\\b(127|10|172|192)\\.\\d+\\.\\d+\\.\\d+\\b");
      var key = directory.resolve("gateway").resolve("edge-alias.key");
      assertThat(Files.getPosixFilePermissions(key)).hasSize(2);
    }
  }

  @Test
  void whomTheGatewayTrustsIsReadAgainWhenItChanges() throws Exception {
    var trust = directory.resolve("trust.pem");
    Files.write(trust, certificate("first"));
    try (var gateway =
        RunningImage.standalone(
            directory.resolve("gateway"),
            ingestPort,
            gatewayPort,
            "--gateway.edge-url",
            "wss://127.0.0.1:" + edgePort,
            "--gateway.edge-token",
            TOKEN,
            "--gateway.edge.trust",
            trust.toString())) {
      Eventually.until("the gateway answers", gateway::answers);
      Files.write(trust, certificate("second"));

      Eventually.until(
          "the new certificate is taken up",
          Duration.ofSeconds(20),
          () -> gateway.get("/metrics").contains("tls_reloads_total{use=\"edge\"} 1"));
    }
  }

  private byte[] certificate(String name) throws Exception {
    var store = directory.resolve(name + ".p12").toString();
    keytool(store, "-genkeypair", "-dname", "CN=" + name, "-keyalg", "EC");
    return keytool(store, "-exportcert", "-rfc");
  }

  private static byte[] keytool(String store, String... what) throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(what));
    command.addAll(List.of("-keystore", store, "-storepass", "changeit", "-alias", "one"));
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    var said = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as("exit status of %s", command).isZero();
    return said;
  }

  @Test
  void hostileTextsRunNothing() {
    var hostile = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>\\\"'${1}";
    var metrics =
        """
        [{"metric":"cpu_percent","unit":"%%","labels":{},"value":5},
         {"metric":"cpu_percent_per_core","labels":{"core":"%1$s"},"value":5},
         {"metric":"disk_percent","labels":{"mount":"%1$s"},"value":5},
         {"metric":"onerror","labels":{"x":"%1$s"},"value":1}]"""
            .formatted(hostile);
    var snapshot =
        """
        {"type":"snapshot","timestamp":"2026-01-01T00:00:00.000Z","more":false,"machines":[
         {"machine_id":"m","hostname":"%1$s","status":"up","last_seen":"2026-01-01T00:00:00.000Z",
          "tags":{"%1$s":"%1$s"},"resource":{"os":"%1$s","cpu_model":"%1$s"},"metrics":%2$s,
          "processes":[{"pid":1,"name":"%1$s","user":"%1$s","cpu_percent":1,"rss_bytes":1}],
          "alerts":["%1$s"]}],
         "alerts":[{"id":"%1$s","rule":"%1$s","severity":"critical","state":"firing",
          "machine_id":"m","metric":"cpu_percent","labels":{"a":"%1$s"},"value":97,"threshold":90,
          "started_at":"2026-01-01T00:00:00.000Z","fired_at":"2026-01-01T00:00:00.000Z",
          "message":"%1$s","processes":[]}]}"""
            .formatted(hostile, metrics);
    try (var client = HttpClient.newHttpClient();
        var browser = new Browser()) {
      var publisher =
          client
              .newWebSocketBuilder()
              .header("Authorization", "Bearer " + TOKEN)
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + edgePort + "/publish"),
                  new WebSocket.Listener() {})
              .join();
      try {
        publisher.sendText(snapshot, true).join();
        awaitPublisher();
        for (var path : List.of("/", "/#/machines/m", "/#/alerts")) {
          var page = browser.open(edge.url() + path);
          if (path.equals("/")) {
            machineRow(page, "m").waitFor();
          } else {
            page.locator("h1").first().waitFor();
          }
          screenshot(page, "edge-hostile" + path.replaceAll("[^a-z]", ""));
          assertThat(page.content()).doesNotContain("<img src=\"x\"");
          assertThat(page.evaluate("window.hacked === undefined")).isEqualTo(true);
          page.context().close();
        }
        assertThat(browser.complaints()).isEmpty();
      } finally {
        // An open socket would keep its client from closing.
        publisher.abort();
      }
    }
  }

  /** Keeps all text frames. */
  private static final class Frames implements WebSocket.Listener {
    private final List<String> frames;
    private final StringBuilder partial = new StringBuilder();

    private Frames(List<String> frames) {
      this.frames = frames;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        frames.add(partial.toString());
        partial.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
