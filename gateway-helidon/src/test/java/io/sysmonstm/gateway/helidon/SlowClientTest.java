package io.sysmonstm.gateway.helidon;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that do not read, do not write, or do not end, on bare sockets. */
class SlowClientTest {
  private final GatewayFixture fixture = new GatewayFixture();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (var socket : sockets) {
      socket.close();
    }
    fixture.close();
  }

  private Socket open() throws IOException {
    var socket = new Socket();
    // Small, so that the buffers between the two ends fill soon.
    socket.setReceiveBufferSize(4_096);
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), fixture.address.getPort()));
    socket.setSoTimeout(20_000);
    sockets.add(socket);
    return socket;
  }

  private Socket openViewer() throws IOException {
    var socket = open();
    write(
        socket,
        String.join(
            "\r\n",
            "GET /ws HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "",
            ""));
    var answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      answer.append((char) socket.getInputStream().read());
    }
    assertThat(answer)
        .startsWith("HTTP/1.1 101 ")
        .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
    socket.getOutputStream().flush();
  }

  private static String readAll(Socket socket) throws IOException {
    try {
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    } catch (SocketException reset) {
      return "";
    }
  }

  private static String uncheckedReadAll(Socket socket) {
    try {
      return readAll(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A cycle with so many series that a few of them fill all buffers. */
  private void publishMuch(String machine, long seq) {
    var batch = fixture.batch(machine, seq);
    for (int core = 0; core < 500; core++) {
      batch.sample(
          "cpu_percent_per_core", Labels.of("core", Integer.toString(core)), (double) (seq % 100));
    }
    fixture.fleet.bus.publish(batch.event());
  }

  @Test
  void aViewerThatNeverReadsCostsOthersNothingAndIsEvicted() throws IOException {
    openViewer();
    var reader = new Viewer(fixture);
    reader.next();

    for (int seq = 1; seq <= 200; seq++) {
      fixture.time.advance(Duration.ofMillis(1));
      publishMuch("m", seq);
      assertThat(reader.next("metrics")).containsEntry("machine_id", "m");
    }
    assertThat(fixture.reading("gateway_viewers")).isEqualTo(2);

    fixture.time.advance(Duration.ofSeconds(16));

    Eventually.until(
        "the one that does not read is gone", () -> fixture.reading("gateway_viewers") == 1);
    assertThat(fixture.reading("gateway_viewers_evicted_total")).isEqualTo(1);
    publishMuch("m", 300);
    assertThat(reader.next("metrics")).containsEntry("machine_id", "m");
    assertThat(reader.closed).isNotDone();
  }

  @Test
  void aViewerThatVanishesWithoutAWordIsForgotten() throws IOException {
    var socket = openViewer();
    Eventually.until("it is here", () -> fixture.reading("gateway_viewers") == 1);

    socket.setSoLinger(true, 0);
    socket.close();

    Eventually.until("it is gone", () -> fixture.reading("gateway_viewers") == 0);
  }

  @Test
  void aViewerThatDoesNotGoWhenToldIsCutOff() throws IOException {
    var socket = openViewer();
    Eventually.until("it is here", () -> fixture.reading("gateway_viewers") == 1);
    // An unmasked frame is against the protocol; no close frame will follow it.
    socket.getOutputStream().write(new byte[] {(byte) 0x81, 1, 'x'});
    var all = CompletableFuture.supplyAsync(() -> uncheckedReadAll(socket));
    // It is counted out before it is cut off, so time has to go on until then.
    Eventually.until(
        "it is cut off",
        () -> {
          fixture.time.advance(Duration.ofMillis(100));
          return all.isDone();
        });

    assertThat(all).isCompleted();
    assertThat(fixture.reading("gateway_viewers")).isZero();
  }

  @Test
  void aHeadThatComesDropByDropIsCutOff() throws IOException {
    var socket = open();
    write(socket, "GET /health HT");
    Eventually.until(
        "it is cut off",
        () -> {
          fixture.time.advance(Duration.ofSeconds(1));
          return fixture.reading("gateway_slow_requests_total") == 1;
        });

    assertThat(readAll(socket)).isEmpty();
    assertThat(fixture.get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void aBodyThatDoesNotComeIsCutOff() throws IOException {
    var socket = open();
    write(
        socket, "PUT /api/v1/rules/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
    Eventually.until(
        "it is cut off",
        () -> {
          fixture.time.advance(Duration.ofSeconds(1));
          return fixture.reading("gateway_slow_requests_total") == 1;
        });

    assertThat(readAll(socket)).doesNotContain("200 OK");
  }

  @Test
  void aClientThatDoesNotReadItsAnswersIsCutOff() throws IOException {
    var socket = open();
    write(socket, "GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200));
    Eventually.until(
        "it is cut off",
        () -> {
          fixture.time.advance(Duration.ofSeconds(1));
          return fixture.reading("gateway_slow_readers_total") == 1;
        });

    var answers = readAll(socket);
    assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSizeLessThan(200);
    assertThat(fixture.get("/health").statusCode()).isEqualTo(200);
    assertThat(fixture.reading("gateway_slow_requests_total")).isZero();
  }

  @Test
  void aClientThatReadsItsAnswersGetsAllOfThem() throws IOException {
    var socket = open();
    write(
        socket,
        "GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(50)
            + "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(readAll(socket).split("HTTP/1.1 200 OK", -1)).hasSize(52);
    assertThat(fixture.reading("gateway_slow_readers_total")).isZero();
  }

  @Test
  void aConnectionThatRestsBetweenRequestsIsLeftAlone() throws IOException {
    var socket = open();
    for (int round = 0; round < 3; round++) {
      write(socket, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
      var answer = new StringBuilder();
      while (answer.indexOf("{\"status\":\"up\"}") < 0) {
        answer.append((char) socket.getInputStream().read());
      }
      assertThat(answer).startsWith("HTTP/1.1 200 OK");
      fixture.time.advance(Duration.ofSeconds(30));
    }
    assertThat(fixture.reading("gateway_slow_requests_total")).isZero();
  }

  @Test
  void whatIsNoRequestIsAProblemToo() throws IOException {
    var socket = open();
    write(socket, "GET /%%% HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertThat(readAll(socket))
        .startsWith("HTTP/1.1 400 ")
        .contains("application/problem+json", "Content-Security-Policy", "INVALID_ARGUMENT")
        .doesNotContain("Exception");
  }

  @Test
  void aRequestWithoutAHostIsRefused() throws IOException {
    var socket = open();
    write(socket, "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n");

    assertThat(readAll(socket)).startsWith("HTTP/1.1 400 ").contains("application/problem+json");
  }

  @Test
  void aForeignHostIs403() throws IOException {
    for (var host :
        List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80")) {
      var socket = open();
      write(socket, "GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");

      assertThat(readAll(socket)).startsWith("HTTP/1.1 403 ").contains("PERMISSION_DENIED");
    }
  }

  @Test
  void anEndlessHeadIsRefused() throws IOException {
    var socket = open();
    write(
        socket, "GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(40_000) + "\r\n\r\n");

    assertThat(readAll(socket)).doesNotContain("200 OK");
    assertThat(fixture.get("/health").statusCode()).isEqualTo(200);
  }
}
