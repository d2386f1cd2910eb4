package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.web.helidon.internal.net.Timing;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayWebSocketTest {
  private final GatewayFixture fixture = new GatewayFixture(builder -> builder.maxViewers(3));

  @AfterEach
  void close() {
    fixture.close();
  }

  private double viewers() {
    return fixture.reading("gateway_viewers");
  }

  @Test
  void aViewerGetsASnapshotAndThenEachCycle() {
    fixture.publishCpu("a", 1, 10);
    var viewer = new Viewer(fixture);

    var snapshot = viewer.next();
    fixture.time.advance(Duration.ofSeconds(5));
    fixture.publishCpu("a", 2, 20);
    var metrics = viewer.next();

    assertThat(snapshot)
        .containsEntry("type", "snapshot")
        .containsEntry("timestamp", "2026-01-01T00:00:00.000Z");
    assertThat(map(list(snapshot, "machines").getFirst())).containsEntry("machine_id", "a");
    assertThat(metrics)
        .containsEntry("type", "metrics")
        .containsEntry("timestamp", "2026-01-01T00:00:05.000Z")
        .containsEntry("machine_id", "a");
    assertThat(list(map(metrics.get("data")), "metrics"))
        .isEqualTo(
            List.of(Map.of("metric", "cpu_percent", "unit", "%", "labels", Map.of(), "value", 20)));
  }

  @Test
  void anEmptyFleetIsASnapshotToo() {
    assertThat(list(new Viewer(fixture).next(), "machines")).isEmpty();
  }

  @Test
  void silenceIsToldEvenThoughNothingComesIn() {
    fixture.publishCpu("a", 1, 10);
    var viewer = new Viewer(fixture);
    viewer.next();

    fixture.time.advance(Duration.ofSeconds(15));
    assertThat(viewer.next("machine"))
        .containsEntry("machine_id", "a")
        .containsEntry("status", "stale");
    fixture.time.advance(Duration.ofSeconds(15));
    assertThat(viewer.next("machine")).containsEntry("status", "down");
    fixture.publishCpu("a", 2, 10);
    assertThat(viewer.next("machine")).containsEntry("status", "up");
  }

  @Test
  void changesOfAlertsAreTold() {
    var viewer = new Viewer(fixture);
    viewer.next();

    fixture.fleet.bus.publish(
        new AlertEvent(
            Alert.builder("id-1", "cpu-high", "a").state(AlertState.FIRING).build(),
            AlertEvent.Change.FIRED));

    assertThat(map(viewer.next("alert").get("data")))
        .containsEntry("id", "id-1")
        .containsEntry("state", "firing");
  }

  @Test
  void aSubscriptionNarrowsWhatComesAfterIt() {
    var viewer = new Viewer(fixture);
    viewer.next();
    viewer.say("{\"type\":\"subscribe\",\"machines\":[\"web-*\"],\"metrics\":[\"cpu_percent\"]}");

    Eventually.asserted(
        () -> {
          fixture.time.advance(Duration.ofMillis(1));
          fixture.fleet.bus.publish(
              fixture.batch("web-1", 1).sample("cpu_percent", 1).sample("load_avg_1m", 1).event());
          var frame = viewer.next("metrics");
          assertThat(frame).containsEntry("machine_id", "web-1");
          assertThat(list(map(frame.get("data")), "metrics")).hasSize(1);
        });

    fixture.publishCpu("db-1", 1, 1);
    fixture.time.advance(Duration.ofMillis(1));
    fixture.publishCpu("web-2", 1, 1);
    assertThat(viewer.next("metrics")).containsEntry("machine_id", "web-2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hello", "{\"type\":\"publish\"}", "[]", ""})
  void anythingButASubscriptionIsClosedWith1003(String text) {
    var viewer = new Viewer(fixture);
    viewer.say(text);

    assertThat(viewer.closeCode()).isEqualTo(1003);
  }

  @Test
  void aSubscriptionOfTooManyGlobsIsClosedWith1003() {
    var viewer = new Viewer(fixture);
    viewer.say("{\"type\":\"subscribe\",\"metrics\":[%s\"x\"]}".formatted("\"*a*\",".repeat(64)));

    assertThat(viewer.closeCode()).isEqualTo(1003);
  }

  @Test
  void binaryIsClosedWith1003() {
    var viewer = new Viewer(fixture);
    viewer.socket.sendBinary(ByteBuffer.wrap(new byte[] {1}), true).join();

    assertThat(viewer.closeCode()).isEqualTo(1003);
  }

  @Test
  void aMessageOverFourKibibytesIsClosedWith1009() {
    var viewer = new Viewer(fixture);
    viewer.say(" ".repeat(4097));

    assertThat(viewer.closeCode()).isEqualTo(1009);
  }

  @Test
  void aMessageOfManyFragmentsIsNoWayAroundTheLimit() {
    var viewer = new Viewer(fixture);
    viewer.socket.sendText(" ".repeat(3000), false).join();
    viewer.socket.sendText(" ".repeat(3000), true).join();

    assertThat(viewer.closeCode()).isEqualTo(1009);
  }

  @Test
  void aMessageInFragmentsIsUnderstood() {
    var viewer = new Viewer(fixture);
    viewer.socket.sendText("{\"type\":\"sub", false).join();
    viewer.socket.sendText("scribe\"}", true).join();
    fixture.publishCpu("a", 1, 1);

    assertThat(viewer.next("metrics")).containsEntry("machine_id", "a");
    assertThat(viewer.closed).isNotDone();
  }

  @Test
  void moreThanTenMessagesASecondAreClosedWith1008() {
    var viewer = new Viewer(fixture);
    for (int i = 0; i < 11; i++) {
      viewer.say("{\"type\":\"subscribe\"}");
    }

    assertThat(viewer.closeCode()).isEqualTo(1008);
  }

  @Test
  void aViewerThatClosesIsAnsweredAndForgotten() {
    var viewer = new Viewer(fixture);
    viewer.next();
    viewer.socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();

    assertThat(viewer.closeCode()).isEqualTo(1000);
    Eventually.until("no viewer is left", () -> viewers() == 0);
  }

  @Test
  void viewersBeyondTheLimitAre503UntilOneLeaves() {
    var viewers =
        new ArrayList<>(List.of(new Viewer(fixture), new Viewer(fixture), new Viewer(fixture)));

    assertThatThrownBy(() -> new Viewer(fixture))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> {
              assertThat(refused.getResponse().statusCode()).isEqualTo(503);
              assertThat(refused.getResponse().headers().firstValue("Retry-After")).isPresent();
            });

    viewers.getFirst().socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    Eventually.until("one has left", () -> viewers() == 2);
    Eventually.until(
        "another may come",
        () -> {
          try {
            new Viewer(fixture);
            return true;
          } catch (CompletionException stillFull) {
            return false;
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://evil-localhost",
        "http://127.0.0.1",
        "http://127.0.0.1:1"
      })
  void aForeignOriginIs403(String origin) {
    assertThatThrownBy(() -> connect(origin))
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
  }

  @Test
  void itsOwnOriginMayConnect() {
    var socket = connect("http://127.0.0.1:" + fixture.address.getPort());

    assertThat(socket.isOutputClosed()).isFalse();
    socket.abort();
  }

  private WebSocket connect(String origin) {
    return fixture
        .client
        .newWebSocketBuilder()
        .header("Origin", origin)
        .buildAsync(
            URI.create("ws://127.0.0.1:" + fixture.address.getPort() + "/ws"),
            new WebSocket.Listener() {})
        .join();
  }

  @Test
  void viewersArePingedEvenWhileFramesFlow() {
    var often = Timing.DEFAULT.with(Duration.ofMillis(100), Duration.ofMillis(10));
    try (var pinging = new GatewayFixture(builder -> builder.timing(often))) {
      var viewer = new Viewer(pinging);
      Eventually.until(
          "three pings came",
          () -> {
            pinging.time.advance(Duration.ofMillis(20));
            pinging.publishCpu("a", 1, 1);
            return viewer.pings.get() >= 3;
          });
    }
  }

  @Test
  void aPingOfAViewerIsAnswered() {
    var viewer = new Viewer(fixture);
    viewer.socket.sendPing(ByteBuffer.wrap(new byte[] {1, 2})).join();

    Eventually.until("the answer came", () -> viewer.pongs.get() == 1);
  }

  @Test
  void closingTheGatewaySendsViewersAwayWith1001() {
    var viewer = new Viewer(fixture);
    viewer.next();
    long before = System.nanoTime();

    fixture.gateway.close();

    assertThat(viewer.closeCode()).isEqualTo(1001);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    assertThat(fixture.fleet.bus.subscriptions()).isZero();
  }

  @Test
  void noChangeFallsBetweenSnapshotAndStreamAndNoneGoesBack() throws Exception {
    int rounds = 300;
    var publisher =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (int i = 1; i <= rounds; i++) {
                    fixture.time.advance(Duration.ofMillis(1));
                    fixture.publishCpu("a", i, i / 10.0);
                  }
                });
    var viewer = new Viewer(fixture);
    var snapshot = viewer.next();
    assertThat(snapshot).containsEntry("type", "snapshot");
    var machines = list(snapshot, "machines");
    double seen = machines.isEmpty() ? 0 : value(map(machines.getFirst()));
    while (seen < rounds / 10.0) {
      double next = value(map(viewer.next("metrics").get("data")));
      assertThat(next).isGreaterThan(seen);
      seen = next;
    }
    publisher.join();
  }

  private static double value(Map<?, ?> machine) {
    if (map(list(machine, "metrics").getFirst()).get("value") instanceof Number number) {
      return number.doubleValue();
    }
    throw new AssertionError("no value in " + machine);
  }
}
