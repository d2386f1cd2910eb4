package io.sysmonstm.notifier.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Notification.Kind;
import io.sysmonstm.testkit.LocalhostCertificate;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.TestContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookNotifierTest {
  private final ManualTime time = new ManualTime();
  private final FarEnd farEnd = new FarEnd();
  private TestContext context;

  @BeforeEach
  void open(@TempDir Path data) {
    context = new TestContext(time, data);
  }

  @AfterEach
  void close() {
    farEnd.close();
    context.close();
  }

  @Test
  void sendsOnePostWithAKeyThatStaysTheSame() throws Exception {
    var notifier = notifier("/hook?x=1").headers(Map.of("Authorization", "Bearer abc")).build();
    notifier.notify(Notices.of("full", Kind.FIRED));
    notifier.notify(Notices.of("full", Kind.FIRED));

    assertThat(farEnd.accepted())
        .hasSize(2)
        .allSatisfy(
            request -> {
              assertThat(request.method()).isEqualTo("POST");
              assertThat(request.path()).isEqualTo("/hook?x=1");
              assertThat(request.header("Content-type")).isEqualTo("application/json");
              assertThat(request.header("Idempotency-key")).isEqualTo("key-1");
              assertThat(request.header("Authorization")).isEqualTo("Bearer abc");
            });
  }

  @Test
  @DisplayName("row 19: requests are signed")
  void signsTimeAndBody() throws Exception {
    notifier("/").secret("s3cret").build().notify(Notices.of("ä € 😀", Kind.FIRED));

    var request = farEnd.accepted().getFirst();
    var timestamp = request.header("X-sysmonstm-timestamp");
    assertThat(timestamp).isEqualTo("" + time.instant().getEpochSecond());
    assertThat(request.header("X-sysmonstm-signature"))
        .isEqualTo("sha256=" + hmac("s3cret", timestamp + "." + request.body()));
  }

  @Test
  void writesItsOwnFormAsItIsDocumented() throws Exception {
    notifier("/").build().notify(Notices.of("full \"x\"", Kind.FIRED));

    assertThat(Parsed.map(farEnd.accepted().getFirst().body()))
        .containsEntry("key", "key-1")
        .containsEntry("status", "firing")
        .containsEntry("severity", "critical")
        .containsEntry("title", "[FIRING critical] disk-filling: m1")
        .containsKeys("items", "more");
  }

  @Test
  @DisplayName("row 14, 19: a refusal is told without secrets")
  void saysStatusAndBeginningOfARefusalButNoSecret() {
    farEnd.answers(403, "no such token Bearer abc in /T/secret\r\n" + "x".repeat(500), Map.of());
    var notifier = notifier("/T/secret").headers(Map.of("Authorization", "Bearer abc")).build();

    assertThatIOException()
        .isThrownBy(() -> notifier.notify(Notices.of("full", Kind.FIRED)))
        .withMessageContaining("answered 403: no such token *** in ***  xxx")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(260));
  }

  @Test
  void canBeTriedAgainAfterAFailure() throws Exception {
    var notifier = notifier("/").build();
    farEnd.answers(500, "", Map.of());
    assertThatIOException().isThrownBy(() -> notifier.notify(Notices.of("full", Kind.FIRED)));
    farEnd.answers(200, "ok", Map.of());
    notifier.notify(Notices.of("full", Kind.FIRED));

    assertThat(farEnd.refused()).hasSize(1);
    assertThat(farEnd.accepted()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"60", "Thu, 01 Jan 2026 00:01:00 GMT"})
  void leavesAReceiverAloneForAsLongAsItAsks(String retryAfter) throws Exception {
    time.setWall(Instant.parse("2026-01-01T00:00:00Z"));
    var notifier = notifier("/").build();
    farEnd.answers(429, "", Map.of("Retry-After", retryAfter));
    assertThatIOException().isThrownBy(() -> notifier.notify(Notices.of("full", Kind.FIRED)));
    farEnd.answers(200, "", Map.of());
    time.advance(Duration.ofSeconds(59));
    assertThatIOException().isThrownBy(() -> notifier.notify(Notices.of("full", Kind.FIRED)));
    time.advance(Duration.ofSeconds(1));
    notifier.notify(Notices.of("full", Kind.FIRED));

    assertThat(farEnd.refused()).hasSize(1);
    assertThat(farEnd.accepted()).hasSize(1);
  }

  @Test
  @DisplayName("row 19: no redirect is followed")
  void followsNoRedirect() {
    try (var other = new FarEnd()) {
      farEnd.answers(307, "", Map.of("Location", other.url("/")));
      var notifier = notifier("/").build();

      assertThatIOException()
          .isThrownBy(() -> notifier.notify(Notices.of("full", Kind.FIRED)))
          .withMessageContaining("answered 307");
      assertThat(other.accepted()).isEmpty();
    }
  }

  @Test
  @DisplayName("row 19: no connection to a private address unless it is allowed")
  void connectsToNoPrivateAddressUnlessThatIsAllowed() {
    var notifier = WebhookNotifier.builder(context, farEnd.url("/")).build();

    assertThatIOException()
        .isThrownBy(() -> notifier.notify(Notices.of("full", Kind.FIRED)))
        .withMessageContaining("allow-private");
    assertThat(farEnd.accepted()).isEmpty();
  }

  @Test
  void speaksTlsOnlyToWhoHasACertificateForTheName(@TempDir Path directory) throws Exception {
    var certificate = LocalhostCertificate.create(directory);
    var notice = Notices.of("full", Kind.FIRED);
    try (var secure = new FarEnd(certificate)) {
      var byAddress = secure.url("/").replace("localhost", "127.0.0.1");
      var untrusting = WebhookNotifier.builder(context, secure.url("/")).allowPrivate(true).build();
      assertThatIOException().isThrownBy(() -> untrusting.notify(notice));
      var otherName =
          WebhookNotifier.builder(context, byAddress)
              .allowPrivate(true)
              .tls(certificate.trusted())
              .build();
      assertThatIOException().isThrownBy(() -> otherName.notify(notice));
      assertThat(secure.accepted()).isEmpty();

      WebhookNotifier.builder(context, secure.url("/"))
          .allowPrivate(true)
          .tls(certificate.trusted())
          .build()
          .notify(notice);

      assertThat(secure.accepted()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http:///path",
        "https://user:password@example.org/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "http://example.org/\r\nHost: x"
      })
  void refusesWhatIsNoUrlOfAReceiverWithoutShowingIt(String url) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> WebhookNotifier.builder(context, url).build())
        .withMessageStartingWith("url cannot be used: expected")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("password", "passwd"));
  }

  @Test
  @DisplayName(
      "row 19: a name that comes to mean another address is connected to as it was checked")
  void looksANameUpOnceForEachRequest() throws Exception {
    var lookups = new AtomicInteger();
    var rebinding =
        new AddressGuard(
            true,
            host ->
                new InetAddress[] {
                  lookups.getAndIncrement() == 0
                      ? InetAddress.getLoopbackAddress()
                      : InetAddress.getByName("169.254.169.254")
                });
    var post =
        new HttpPost(
            Target.of(farEnd.url("/").replace("localhost", "rebinds.example.org")),
            rebinding,
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            Duration.ofSeconds(5),
            context.executor());

    assertThat(post.send(Map.of(), new byte[0]).isSuccess()).isTrue();
    assertThat(lookups).hasValue(1);
    assertThat(farEnd.accepted().getFirst().header("Host")).startsWith("rebinds.example.org:");
    assertThatIOException()
        .isThrownBy(() -> post.send(Map.of(), new byte[0]))
        .withMessageContaining("no address that may be connected to");
    assertThat(farEnd.accepted()).hasSize(1);
  }

  @Test
  void refusesHeadersThatAreOurOwnOrSeveralLines() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> notifier("/").headers(Map.of("Host", "x")).build());
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> notifier("/").headers(Map.of("X-A", "x\r\nX-B: y")).build());
  }

  @Test
  @DisplayName("row 19: a receiver has 5 seconds")
  void doesNotWaitForAReceiverThatAnswersBitByBit() throws Exception {
    var ended = new CountDownLatch(1);
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var dripping =
          context
              .executor()
              .submit(
                  () -> {
                    try (var socket = server.accept()) {
                      while (!ended.await(50, TimeUnit.MILLISECONDS)) {
                        socket.getOutputStream().write('H');
                      }
                    }
                    return true;
                  });
      var post =
          new HttpPost(
              Target.of("http://localhost:" + server.getLocalPort()),
              new AddressGuard(true, InetAddress::getAllByName),
              (SSLSocketFactory) SSLSocketFactory.getDefault(),
              Duration.ofMillis(300),
              context.executor());
      long begin = System.nanoTime();

      assertThatIOException()
          .isThrownBy(() -> post.send(Map.of(), new byte[0]))
          .withMessageContaining("does not answer within 300 ms");
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
      // The socket was closed, so that the far end notices.
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(dripping::get)
          .withCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void takesAnswersThatAreNoHttpForFailures() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var answering =
          context
              .executor()
              .submit(
                  () -> {
                    try (var socket = server.accept()) {
                      socket
                          .getOutputStream()
                          .write("SSH-2.0-x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                      return socket.getInputStream().read();
                    }
                  });
      var notifier =
          WebhookNotifier.builder(context, "http://localhost:" + server.getLocalPort())
              .allowPrivate(true)
              .build();

      assertThatIOException()
          .isThrownBy(() -> notifier.notify(Notices.of("full", Kind.FIRED)))
          .withMessageContaining("the answer is not HTTP");
      answering.get();
    }
  }

  private WebhookNotifier.Builder notifier(String path) {
    return WebhookNotifier.builder(context, farEnd.url(path)).allowPrivate(true);
  }

  private static String hmac(String key, String text) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }
}
