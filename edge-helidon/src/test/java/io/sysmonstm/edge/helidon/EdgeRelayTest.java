package io.sysmonstm.edge.helidon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.json.Publication;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.testkit.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeRelayTest {
  private final EdgeFixture fixture = new EdgeFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aViewerBeforeAnyGatewayIsToldThatItIsAway() {
    var viewer = fixture.viewer();

    assertThat(viewer.next()).contains("\"type\":\"snapshot\"", "\"machines\":[]");
    assertThat(viewer.next())
        .contains("\"type\":\"stale\"", "\"since\":\"2026-01-01T00:00:00.000Z\"");
  }

  @Test
  void whatAGatewayPublishesReachesViewers() {
    var viewer = fixture.viewer();
    viewer.next("stale");
    var gateway = fixture.gateway("g1");

    gateway.say(fixture.snapshot(fixture.machine("a", 1)));
    assertThat(viewer.next())
        .contains("\"type\":\"snapshot\"", "\"machine_id\":\"a\"", "\"hostname\":\"host-a\"")
        .contains("\"env\":\"prod\"", "\"value\":1}");

    fixture.time.advance(Duration.ofSeconds(1));
    gateway.say(fixture.metrics(fixture.machine("a", 2)));
    assertThat(viewer.next())
        .isEqualTo(
            "{\"type\":\"metrics\",\"timestamp\":\"2026-01-01T00:00:01.000Z\",\"machine_id\":\"a\","
                + "\"data\":{\"machine_id\":\"a\",\"hostname\":\"host-a\",\"status\":\"up\","
                + "\"metrics\":[{\"metric\":\"cpu_percent\",\"unit\":\"%\",\"labels\":{},\"value\":2}],"
                + "\"processes\":[]}}");

    gateway.say(fixture.metrics(fixture.machine("a", 2, MachineStatus.STALE, List.of())));
    assertThat(viewer.next()).contains("\"type\":\"machine\"", "\"status\":\"stale\"");

    gateway.say(fixture.metrics(fixture.machine("b", 3)));
    assertThat(viewer.next())
        .contains("\"type\":\"machine\"", "\"machine_id\":\"b\"", "\"os\":\"Linux\"");
    assertThat(viewer.next()).contains("\"type\":\"metrics\"", "\"machine_id\":\"b\"");
  }

  @Test
  void openAlertsAreInTheSnapshotAndTheirChangesFollow() {
    var gateway = fixture.gateway("g1");
    var alert = fixture.alert("1", "<img src=x onerror=alert(1)>");
    gateway.say(
        EdgeFixture.text(
            new Publication.Snapshot(
                fixture.time.instant(),
                List.of(fixture.machine("a", 1, MachineStatus.UP, List.of("1"))),
                List.of(alert),
                false)));
    Eventually.until("it is here", () -> fixture.reading("edge_machines") == 1);

    var viewer = fixture.viewer();
    assertThat(viewer.next())
        .contains("\"alerts\":[\"1\"]", "\"rule\":\"<img src=x onerror=alert(1)>\"");

    gateway.say(
        EdgeFixture.text(
            new Publication.AlertChange(
                fixture.time.instant(), alert, AlertEvent.Change.ACKNOWLEDGED)));
    assertThat(viewer.next()).contains("\"type\":\"alert\"", "\"change\":\"acknowledged\"");
  }

  @Test
  void aSnapshotInPartsIsOneForViewersAndForgetsWhoIsGone() {
    var gateway = fixture.gateway("g1");
    gateway.say(fixture.snapshot(fixture.machine("gone", 1)));
    Eventually.until("it is here", () -> fixture.reading("edge_machines") == 1);
    var viewer = fixture.viewer();
    viewer.next();

    gateway.say(
        EdgeFixture.text(
            new Publication.Snapshot(
                fixture.time.instant(), List.of(fixture.machine("a", 1)), List.of(), true)));
    gateway.say(fixture.snapshot(fixture.machine("b", 1)));

    assertThat(viewer.next())
        .contains("\"machine_id\":\"a\"", "\"machine_id\":\"b\"")
        .doesNotContain("gone");
  }

  @Test
  void whileTheGatewayIsAwayViewersKnowSinceWhenAndASnapshotEndsIt() {
    var gateway = fixture.gateway("g1");
    gateway.say(fixture.snapshot(fixture.machine("a", 1)));
    Eventually.until("it is here", () -> fixture.reading("edge_machines") == 1);
    var viewer = fixture.viewer();
    viewer.next();

    gateway.leave();

    assertThat(viewer.next())
        .contains("\"type\":\"stale\"", "\"since\":\"2026-01-01T00:00:00.000Z\"");
    assertThat(fixture.get("/ready").body()).contains("degraded", "no gateway since");
    assertThat(fixture.get("/ready").statusCode()).isEqualTo(200);
    for (int seconds = 0; seconds < 4; seconds += 2) {
      var late = fixture.viewer();
      assertThat(late.next())
          .as("by the time it is")
          .contains(
              "\"timestamp\":\"2026-01-01T00:00:0%d.000Z\"".formatted(seconds),
              "\"machine_id\":\"a\"");
      assertThat(late.next()).contains("\"type\":\"stale\"");
      fixture.time.advance(Duration.ofSeconds(2));
    }

    fixture.gateway("g1").say(fixture.snapshot(fixture.machine("a", 2)));

    assertThat(viewer.next()).contains("\"type\":\"snapshot\"", "\"value\":2}");
    assertThat(fixture.get("/ready").body()).contains("\"status\":\"ready\"");
  }

  @Test
  void aSilentGatewayIsGivenUp() {
    var gateway = fixture.gateway("g1");
    gateway.say(fixture.snapshot(fixture.machine("a", 1)));
    Eventually.until("it is here", () -> fixture.reading("edge_machines") == 1);
    var viewer = fixture.viewer();
    viewer.next();

    fixture.time.advance(Duration.ofSeconds(16));

    assertThat(viewer.next()).contains("\"type\":\"stale\"");
  }

  @Test
  @DisplayName("row 8, 12: only the token lets a publisher in, and never in the address")
  void onlyTheTokenLetsAPublisherIn() {
    assertThat(Peer.refusal(fixture, "/publish", Map.of())).isEqualTo(401);
    for (var authorization :
        List.of(
            "Bearer", "Bearer ", "Bearer wrong", "Basic " + EdgeFixture.TOKEN, EdgeFixture.TOKEN)) {
      assertThat(Peer.refusal(fixture, "/publish", Map.of("Authorization", authorization)))
          .isEqualTo(401);
    }
    assertThat(fixture.get("/publish?token=secret").statusCode()).isEqualTo(400);
    assertThat(fixture.reading("edge_publishers_refused_total")).isEqualTo(6);
  }

  @Test
  void aSecondGatewayWaitsAndTheFirstMayComeBackInItsOwnPlace() {
    var first = fixture.gateway("g1");
    first.say(fixture.snapshot(fixture.machine("a", 1)));
    Eventually.until("it is here", () -> fixture.reading("edge_machines") == 1);
    var viewer = fixture.viewer();
    viewer.next();
    var other = Map.of("Authorization", "Bearer " + EdgeFixture.TOKEN, "Sysmonstm-Gateway", "g2");

    assertThat(Peer.refusal(fixture, "/publish", other)).isEqualTo(409);

    var again = fixture.gateway("g1");
    assertThat(first.closeCode()).isEqualTo(1001);
    again.say(fixture.snapshot(fixture.machine("a", 7)));
    // No stale in between: the same gateway never was away.
    assertThat(viewer.next()).contains("\"type\":\"snapshot\"", "\"value\":7}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "[]",
        "{}",
        "{\"type\":\"subscribe\",\"timestamp\":\"2026-01-01T00:00:00.000Z\"}",
        "{\"type\":\"metrics\",\"timestamp\":\"2026-01-01T00:00:00.000Z\"}",
        "{\"type\":\"metrics\",\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"data\":{\"machine_id\":\"a"
            + " b\"}}",
        "{\"type\":\"snapshot\",\"timestamp\":\"x\",\"machines\":[]}",
        "{\"type\":\"stale\",\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"since\":\"x\"}"
      })
  @DisplayName("row 12: what is no publication reaches nobody")
  void whatIsNoPublicationEndsThePublisherAndReachesNobody(String message) {
    var viewer = fixture.viewer();
    viewer.next("stale");
    var gateway = fixture.gateway("g1");

    gateway.say(message);

    assertThat(gateway.closeCode()).isEqualTo(1003);
    assertThat(viewer.isQuiet()).isTrue();
  }

  @Test
  @DisplayName("row 12: what is not on the list is not relayed")
  void unknownFieldsAreNotRelayed() {
    var gateway = fixture.gateway("g1");
    var text = fixture.snapshot(fixture.machine("a", 1));
    gateway.say(
        text.replace("\"machines\":[{", "\"secret\":\"canary\",\"machines\":[{\"ip\":\"canary\",")
            .replace("\"os\":", "\"ip\":\"canary\",\"os\":")
            .replace("\"metric\":", "\"note\":\"canary\",\"metric\":"));
    Eventually.until("it is here", () -> fixture.reading("edge_machines") == 1);

    assertThat(fixture.viewer().next()).contains("\"machine_id\":\"a\"").doesNotContain("canary");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello", "{\"type\":\"subscribe\",\"machines\":[\"*\"]}"})
  @DisplayName("row 12: viewers are mute: whatever one says ends it, and reaches nobody")
  void anythingAViewerSaysEndsIt(String text) {
    var gateway = fixture.gateway("g1");
    gateway.say(fixture.snapshot(fixture.machine("a", 1)));
    var other = fixture.viewer();
    var viewer = fixture.viewer();

    viewer.say(text);

    assertThat(viewer.closeCode()).isEqualTo(1008);
    assertThat(other.closed).isNotDone();
  }

  @Test
  @DisplayName("row 13: the memory for what is published is bound")
  void machinesAndBytesAreBound() {
    try (var small = new EdgeFixture(builder -> builder.maxMachines(2).maxBytes(2_000))) {
      var gateway = small.gateway("g1");
      gateway.say(
          small.snapshot(small.machine("a", 1), small.machine("b", 1), small.machine("c", 1)));
      Eventually.until("two are here", () -> small.reading("edge_machines") == 2);
      assertThat(small.reading("edge_machines_refused_total")).isEqualTo(1);

      var large =
          new MachineView(
              new MachineState(
                  "a",
                  Resource.builder("x".repeat(3_000)).build(),
                  Instant.EPOCH,
                  Duration.ZERO,
                  List.of(new Sample("cpu_percent", Labels.empty(), Instant.EPOCH, 1)),
                  List.of()),
              MachineStatus.UP,
              Optional.empty(),
              List.of());
      small.time.advance(Duration.ofSeconds(1));
      gateway.say(small.metrics(large));
      Eventually.until("it is refused", () -> small.reading("edge_machines_refused_total") == 2);
    }
  }

  @Test
  @DisplayName("row 13: viewers are bound")
  void viewersAreBoundInAllAndLoopbackIsExemptFromTheOtherBound() {
    try (var small = new EdgeFixture(builder -> builder.maxViewers(3).maxViewersPerAddress(1))) {
      for (int i = 0; i < 3; i++) {
        small.viewer().next();
      }

      assertThat(Peer.refusal(small, "/ws", Map.of())).isEqualTo(503);
    }
  }

  @Test
  @DisplayName(
      "row 13: what a client says of its address has no effect, what a configured proxy says has")
  void behindATrustedProxyAnAddressHasItsOwnBoundAndALieHasNoEffect() {
    try (var behind =
        new EdgeFixture(
            builder -> builder.maxViewersPerAddress(2).trustedProxies(List.of("127.0.0.1")))) {
      var header = Map.of("X-Forwarded-For", "203.0.113.9, 198.51.100.7");
      Peer.open(behind, "/ws", header).next();
      Peer.open(behind, "/ws", Map.of("X-Forwarded-For", "203.0.113.8, 198.51.100.7")).next();

      assertThat(Peer.refusal(behind, "/ws", header)).isEqualTo(429);
      Peer.open(behind, "/ws", Map.of("X-Forwarded-For", "198.51.100.8")).next();
    }
    var header = Map.of("X-Forwarded-For", "198.51.100.7");
    for (int i = 0; i < 25; i++) {
      Peer.open(fixture, "/ws", header).next();
    }
  }

  @Test
  @DisplayName("row 11, 15: foreign pages open no WebSocket, and the page is safe")
  void foreignPagesAreRefusedAndThePageIsSafe() {
    assertThat(Peer.refusal(fixture, "/ws", Map.of("Origin", "https://evil.example")))
        .isEqualTo(403);
    var page = fixture.get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'self'", "frame-ancestors 'none'");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/machines",
        "/api/v1/alerts",
        "/api/v1/rules",
        "/api/v1/history",
        "/api/v1/silences",
        "/metrics"
      })
  @DisplayName("row 12: there is nothing of the gateway but the page")
  void thereIsNothingBeyondThePage(String path) {
    assertThat(fixture.get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void healthTellsThePageThatThereIsNoApi() {
    assertThat(fixture.get("/health").body()).isEqualTo("{\"status\":\"up\",\"rest\":false}");
    assertThat(fixture.get("/ws").statusCode()).isEqualTo(426);
  }
}
