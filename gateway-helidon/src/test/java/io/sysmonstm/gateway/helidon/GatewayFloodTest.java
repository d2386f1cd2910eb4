package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Networks that keep requests in progress, on bare sockets. */
class GatewayFloodTest {
  private static final int SHARE = 128;
  // Some are refused where a question of the test has the last place.
  private static final int MORE = SHARE + 20;

  private final GatewayFixture fixture =
      new GatewayFixture(
          builder -> GatewayFixture.still(builder).trustedProxies(List.of("127.0.0.0/8")));
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    closeSockets();
    fixture.close();
  }

  private void closeSockets() throws IOException {
    for (var socket : sockets) {
      socket.close();
    }
  }

  /** A login whose body does not come. */
  private Socket begin(String from) throws IOException {
    return begin(from, "/api/v1/login");
  }

  private Socket begin(String from, String path) throws IOException {
    var socket = new Socket(fixture.address.getAddress(), fixture.address.getPort());
    sockets.add(socket);
    socket.setSoTimeout(20_000);
    var head =
        """
        POST %s HTTP/1.1\r
        Host: localhost\r
        X-Forwarded-For: %s\r
        Content-Length: 100\r
        \r
        """
            .formatted(path, from);
    socket.getOutputStream().write(head.getBytes(US_ASCII));
    return socket;
  }

  private int status(String from) {
    return fixture.get("/api/v1/silences", "X-Forwarded-For", from).statusCode();
  }

  @Test
  @DisplayName("row 13: a network has so many requests in progress, and others are answered")
  void aNetworkHasItsShareOfRequests() throws IOException {
    for (int i = 0; i < MORE; i++) {
      begin("2001:db8::%x".formatted(i));
    }
    Eventually.until("all are in progress", () -> status("2001:db8::ffff") == 429);

    var refused = fixture.get("/api/v1/silences", "X-Forwarded-For", "2001:db8::1");
    assertProblem(refused, 429, "RESOURCE_EXHAUSTED");
    assertThat(refused.headers().firstValue("Retry-After")).contains("1");
    assertThat(fixture.reading("gateway_requests_refused_total")).isPositive();
    for (var path : List.of("/health", "/ready", "/", "/js/main.js", "/api/v1/session")) {
      assertThat(fixture.get(path, "X-Forwarded-For", "2001:db8::1").statusCode())
          .as(path)
          .isEqualTo(200);
    }
    assertThat(status("2001:db8:0:1::1")).as("another network").isNotEqualTo(429);
    assertThat(fixture.get("/api/v1/silences").statusCode())
        .as("the proxy itself")
        .isNotEqualTo(429);

    closeSockets();
    Eventually.until("they have ended", () -> status("2001:db8::1") != 429);
  }

  @Test
  @DisplayName("row 13: nor does it get around that by bodies that nobody asked for")
  void aBodyThatNobodyReadsIsOfItsRequest() throws IOException {
    for (int i = 0; i < MORE; i++) {
      begin("192.0.2.7", "/api/v1/nothing");
    }
    Eventually.until("all are in progress", () -> status("192.0.2.7") == 429);

    Eventually.until(
        "they are cut off",
        () -> {
          fixture.pass(Duration.ofSeconds(1));
          return fixture.reading("gateway_slow_requests_total") >= SHARE;
        });
    Eventually.until("they have ended", () -> status("192.0.2.7") != 429);
  }

  @Test
  @DisplayName("row 13: one whose body does not come is refused without being waited for")
  void aRefusedRequestIsNotWaitedFor() throws IOException {
    for (int i = 0; i < MORE; i++) {
      begin("192.0.2.7");
    }
    Eventually.until("all are in progress", () -> status("192.0.2.7") == 429);

    var answer = new String(begin("192.0.2.7").getInputStream().readAllBytes(), US_ASCII);

    assertThat(answer).startsWith("HTTP/1.1 429 ").contains("too many requests at once");
  }
}
