package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.edge.helidon.EdgeRelay;
import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayEdgeTest {
  private static final String TOKEN = "a token of the tests";

  private static EdgeTarget target(int port) {
    return EdgeTarget.of(EdgeTarget.parse("ws://127.0.0.1:" + port).orElseThrow(), TOKEN);
  }

  @ParameterizedTest
  @CsvSource({
    "ws://edge:8080,ws://edge:8080/publish",
    "wss://edge.example/,wss://edge.example/publish",
    "wss://edge.example/own/path,wss://edge.example/own/path"
  })
  void theAddressOfAnEdgeGetsThePathOfPublishers(String text, URI expected) {
    assertThat(EdgeTarget.parse(text)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "http://edge",
    "edge:8080",
    "ws://",
    "ws://a b",
    "wss://me:pw@edge",
    "ws://edge/?q=1"
  })
  void anythingElseIsNoAddress(String text) {
    assertThat(EdgeTarget.parse(text)).isEmpty();
  }

  @Test
  void anEdgeThatRefusesTheTokenIsToldOfAndDegradesNothing() throws IOException {
    var asked = new CopyOnWriteArrayList<String>();
    try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        var fixture = new GatewayFixture(builder -> builder.edge(target(server.getLocalPort())))) {
      Thread.startVirtualThread(() -> refuse(server, asked));
      Eventually.until("it has tried", () -> fixture.reading("gateway_edge_failures_total") >= 1);

      assertThat(asked).first().asString().contains("Authorization: Bearer " + TOKEN);
      assertThat(fixture.get("/ready").body())
          .contains("\"status\":\"ready\"", "\"edge\":\"error: it refuses the token")
          .doesNotContain(TOKEN);
      assertThat(fixture.reading("gateway_edge_connected")).isZero();
    }
  }

  /** Answers each connection with 401 until the socket is closed. */
  private static void refuse(ServerSocket server, List<String> asked) {
    try {
      while (true) {
        try (var socket = server.accept()) {
          var head = new StringBuilder();
          while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
          }
          asked.add(head.toString());
          socket
              .getOutputStream()
              .write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII));
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  @Test
  void anEdgeThatNeverAnswersCostsViewersNothing() throws IOException {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var fixture = new GatewayFixture(builder -> builder.edge(target(silent.getLocalPort())))) {
      var viewer = new Viewer(fixture);
      viewer.next();
      for (int seq = 1; seq <= 50; seq++) {
        fixture.time.advance(Duration.ofMillis(100));
        fixture.fleet.bus.publish(
            fixture
                .batch("m", seq)
                .sample("disk_percent", Labels.of("mount", "/"), (double) seq)
                .event());
        viewer.next("metrics");
      }
      assertThat(fixture.get("/ready").body()).contains("\"status\":\"ready\"");
    }
  }

  @Test
  void whoIsForgottenIsGoneForViewersOfTheEdgeToo() {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor();
        var edge =
            EdgeRelay.builder()
                .listen(InetSocketAddress.createUnresolved("127.0.0.1", 0))
                .publishToken(TOKEN)
                .executor(executor)
                .build()) {
      int port = edge.start().getPort();
      try (var fixture = new GatewayFixture(builder -> builder.edge(target(port)))) {
        fixture.publishCpu("gone", 1, 1);
        fixture.pass(Duration.ofMinutes(2));
        fixture.publishCpu("here", 1, 1);
        Eventually.until(
            "the edge shows both", () -> shown(fixture, port).equals(List.of("gone", "here")));
        var viewer = new Viewer(fixture.client, port);
        try {
          viewer.next("snapshot");

          assertThat(fixture.send("DELETE", "/api/v1/machines/gone", "").statusCode())
              .isEqualTo(204);

          assertThat(machines(viewer.next("snapshot"))).containsExactly("here");
        } finally {
          viewer.socket.abort();
        }
      }
    }
  }

  private static List<Object> shown(GatewayFixture fixture, int port) {
    var viewer = new Viewer(fixture.client, port);
    try {
      return machines(viewer.next("snapshot"));
    } finally {
      viewer.socket.abort();
    }
  }

  private static List<Object> machines(Map<String, @Nullable Object> snapshot) {
    return list(snapshot, "machines").stream()
        .<Object>map(one -> map(one).get("machine_id"))
        .toList();
  }

  @Test
  void withoutAnEdgeNothingIsSaidOfOne() {
    try (var fixture = new GatewayFixture()) {
      assertThat(fixture.get("/ready").body()).doesNotContain("edge");
    }
  }
}
