package io.sysmonstm.gateway.helidon;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.LocalhostCertificate;
import io.sysmonstm.testkit.OldTls;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway over TLS. */
class GatewayHttpsTest {
  @TempDir private Path directory;

  private LocalhostCertificate certificate;
  private GatewayFixture fixture;
  private HttpClient client;

  @BeforeEach
  void start() {
    certificate = LocalhostCertificate.create(directory);
    fixture =
        new GatewayFixture(builder -> GatewayFixture.still(builder).tls(certificate.ofServer()));
    client = HttpClient.newBuilder().sslContext(certificate.trusting()).build();
  }

  @AfterEach
  void close() {
    client.close();
    fixture.close();
  }

  private URI uri(String scheme, String path) {
    return URI.create(scheme + "://localhost:" + fixture.address.getPort() + path);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  @DisplayName("row 10: over HTTPS the cookie is secure and held to the host")
  void theCookieIsSecure() throws Exception {
    var first =
        send(
            HttpRequest.newBuilder(uri("https", "/api/v1/setup"))
                .POST(BodyPublishers.ofString(Login.body("ada", Login.PASSWORD))));

    assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
    var cookie = Login.setCookie(first);
    assertThat(cookie)
        .matches(
            "__Host-sysmonstm-session=[0-9a-f]{64}; Path=/; Max-Age=43200; HttpOnly;"
                + " SameSite=Strict; Secure");
    assertThat(first.headers().firstValue("Strict-Transport-Security"))
        .contains("max-age=31536000");
    var pair = cookie.split(";", 2)[0];
    var machines = HttpRequest.newBuilder(uri("https", "/api/v1/machines"));
    assertThat(send(machines.copy()).statusCode()).isEqualTo(401);
    assertThat(send(machines.copy().header("Cookie", pair)).statusCode()).isEqualTo(200);
    assertThat(send(machines.copy().header("Cookie", pair.replace("__Host-", ""))).statusCode())
        .isEqualTo(401);

    var socket =
        client
            .newWebSocketBuilder()
            .header("Cookie", pair)
            .buildAsync(uri("wss", "/ws"), new WebSocket.Listener() {})
            .join();
    assertThat(socket.isOutputClosed()).isFalse();
    socket.abort();
    assertThatThrownBy(
            () ->
                client
                    .newWebSocketBuilder()
                    .buildAsync(uri("wss", "/ws"), new WebSocket.Listener() {})
                    .join())
        .isInstanceOf(CompletionException.class);
  }

  @Test
  @DisplayName("row 13: who does not shake hands is cut off, and those who do are served")
  void aHandshakeThatDoesNotComeIsCutOff() throws Exception {
    try (var silent = new Socket(fixture.address.getAddress(), fixture.address.getPort())) {
      silent.setSoTimeout(20_000);
      Eventually.until(
          "it is cut off",
          () -> {
            fixture.pass(Duration.ofSeconds(1));
            return fixture.reading("gateway_slow_requests_total") == 1;
          });

      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
    var request = HttpRequest.newBuilder(uri("https", "/health"));
    assertThat(send(request.copy()).statusCode()).isEqualTo(200);
    fixture.pass(Duration.ofSeconds(20));
    assertThat(send(request.copy()).statusCode()).as("the same connection").isEqualTo(200);
    assertThat(fixture.reading("gateway_slow_requests_total")).isEqualTo(1);
  }

  @Test
  @DisplayName("row 13: handshakes that fail, however many, use nothing up")
  void handshakesThatFailUseNothingUp() throws Exception {
    try (var small =
        new GatewayFixture(
            builder -> GatewayFixture.still(builder).maxViewers(1).tls(certificate.ofServer()))) {
      for (int i = 0; i < 2_100; i++) {
        try (var socket = new Socket(small.address.getAddress(), small.address.getPort())) {
          socket.setSoTimeout(20_000);
          socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
          while (socket.getInputStream().read() >= 0) {}
        } catch (SocketException reset) {
          assertThat(reset).hasMessageContaining("reset");
        }
      }

      assertThat(
              send(HttpRequest.newBuilder(
                          URI.create("https://localhost:" + small.address.getPort() + "/health"))
                      .timeout(Duration.ofSeconds(20)))
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  @DisplayName("row 10: a page in plain text is none of ours")
  void aPageInPlainTextIsForeign() throws Exception {
    var own = "localhost:" + fixture.address.getPort();
    var login =
        HttpRequest.newBuilder(uri("https", "/api/v1/login"))
            .POST(BodyPublishers.ofString(Login.body("ada", Login.PASSWORD)));

    assertThat(send(login.copy().header("Origin", "http://" + own)).statusCode()).isEqualTo(403);
    assertThat(send(login.copy().header("Origin", "https://" + own)).statusCode()).isEqualTo(401);
    assertThatThrownBy(
            () ->
                client
                    .newWebSocketBuilder()
                    .header("Origin", "http://" + own)
                    .buildAsync(uri("wss", "/ws"), new WebSocket.Listener() {})
                    .join())
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
  }

  @Test
  @DisplayName("row 1: with a certificate nothing is served in plain text")
  void plainTextIsRefused() {
    assertThatThrownBy(() -> send(HttpRequest.newBuilder(uri("http", "/health"))))
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {OldTls.TLS_1_0, OldTls.TLS_1_1})
  @DisplayName("row 2: a TLS before 1.2 is refused")
  void oldVersionsAreRefused(int version) {
    assertThat(OldTls.alert(fixture.address, version)).contains(OldTls.PROTOCOL_VERSION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  @DisplayName("row 2: TLS 1.3 and 1.2 are spoken")
  void newVersionsAreSpoken(String version) throws Exception {
    try (var of =
        HttpClient.newBuilder()
            .sslContext(certificate.trusting())
            .sslParameters(new SSLParameters(null, new String[] {version}))
            .build()) {
      var answer =
          of.send(HttpRequest.newBuilder(uri("https", "/health")).build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo(version);
    }
  }

  @Test
  @DisplayName("row 2: who does not trust the certificate is not served")
  void anUnknownCertificateIsRefused() {
    assertThatThrownBy(
            () ->
                fixture.client.send(
                    HttpRequest.newBuilder(uri("https", "/health")).build(),
                    BodyHandlers.ofString()))
        .isInstanceOf(SSLHandshakeException.class);
  }
}
