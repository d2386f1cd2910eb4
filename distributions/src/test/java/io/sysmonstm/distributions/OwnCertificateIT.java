package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.Browser.byTestId;
import static io.sysmonstm.distributions.Browser.screenshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One command on a fresh machine: HTTPS by the authority of the installation, and a login. */
class OwnCertificateIT {
  @TempDir private Path directory;

  private final int http = RunningImage.freePort();

  private RunningImage standalone() {
    int grpc = RunningImage.freePort();
    return RunningImage.role(
        "standalone",
        directory.resolve("data"),
        Map.of(),
        grpc,
        http,
        "--aggregator.listen",
        "127.0.0.1:" + grpc,
        "--aggregator.enrolment.enabled",
        "true",
        "--gateway.listen",
        "0.0.0.0:" + http,
        "--gateway.tls.own-authority",
        "true");
  }

  private Path authority() {
    return directory.resolve("data").resolve("authority");
  }

  /** A client that trusts the file that the log names, and nothing else. */
  private HttpClient trusting() throws Exception {
    var trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    try (var file = Files.newInputStream(authority().resolve("authority.pem"))) {
      trust.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(file));
    }
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trust);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private HttpResponse<String> get(HttpClient client, String host, String path)
      throws IOException, InterruptedException {
    var uri = URI.create("https://%s:%d%s".formatted(host, http, path));
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  /** What the page shows to who trusts the authority. */
  private X509Certificate shown() throws Exception {
    try (var client = trusting()) {
      var answer = get(client, "localhost", "/health");
      assertThat(answer.statusCode()).isEqualTo(200);
      return (X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0];
    }
  }

  private static byte[] sha256(byte[] of) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(of);
  }

  private static String fingerprint(X509Certificate certificate) throws Exception {
    return HexFormat.ofDelimiter(":").withUpperCase().formatHex(sha256(certificate.getEncoded()));
  }

  @Test
  @DisplayName(
      "row 1, 2: a page beyond this machine by its own authority, the same after a restart")
  void servesThePageByItsOwnAuthority() throws Exception {
    X509Certificate first;
    try (var standalone = standalone()) {
      standalone.awaitLog("standalone_ready");
      first = shown();
      assertThat(standalone.log())
          .contains("page_certificate", fingerprint(first))
          .contains(authority().resolve("authority.pem").toString())
          .contains("setup_code", "https://localhost:" + http);
      assertThat(first.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(authority().resolve("gateway.pem"))))
          .isEqualTo("rw-------");
      try (var client = trusting()) {
        assertThat(get(client, "127.0.0.1", "/api/v1/machines").statusCode()).isEqualTo(401);
      }
      try (var stranger = HttpClient.newHttpClient()) {
        assertThatThrownBy(() -> get(stranger, "localhost", "/health"))
            .isInstanceOf(SSLHandshakeException.class);
      }
      assertABrowserReachesTheLogin(first);
      assertThat(standalone.terminate()).isZero();
    }
    try (var again = standalone()) {
      // The log is that of before, and goes on.
      Eventually.until(
          "it is back",
          Duration.ofSeconds(60),
          () -> again.log().split("standalone_ready", -1).length > 2);
      assertThat(shown()).isEqualTo(first);
    }
  }

  /** As somebody does who compares the fingerprint and says yes to this one certificate. */
  private void assertABrowserReachesTheLogin(X509Certificate certificate) throws Exception {
    var pin = Base64.getEncoder().encodeToString(sha256(certificate.getPublicKey().getEncoded()));
    try (var browser = new Browser("--ignore-certificate-errors-spki-list=" + pin)) {
      var page = browser.open("https://localhost:" + http + "/");
      byTestId(page, "setup-code").waitFor();
      screenshot(page, "login-own-certificate");
      page.context().close();
    }
    try (var browser = new Browser()) {
      assertThatThrownBy(() -> browser.open("https://localhost:" + http + "/"))
          .hasMessageContaining("ERR_CERT_AUTHORITY_INVALID");
    }
  }

  private String refusal(String... more) {
    var flags = new ArrayList<>(List.of(more));
    flags.addAll(
        List.of(
            "--gateway.tls.own-authority",
            "true",
            "--gateway.listen",
            "127.0.0.1:" + http,
            "--data-directory",
            directory.resolve("refused").toString()));
    return RunningImage.run(flags.toArray(String[]::new));
  }

  @Test
  void isRefusedWhereThereIsNoAuthorityAndBesideFiles() throws Exception {
    int grpc = RunningImage.freePort();
    assertThat(refusal("standalone", "--aggregator.listen", "127.0.0.1:" + grpc))
        .contains("gateway.tls.own-authority is true", "aggregator.enrolment.enabled: true")
        .endsWith("exit 2");
    var file = Files.writeString(directory.resolve("some.pem"), "x").toString();
    assertThat(
            refusal(
                "standalone",
                "--aggregator.listen",
                "127.0.0.1:" + grpc,
                "--aggregator.enrolment.enabled",
                "true",
                "--gateway.tls.certificate",
                file,
                "--gateway.tls.key",
                file))
        .contains("expected one of both")
        .endsWith("exit 2");
    assertThat(
            refusal(
                "standalone",
                "--aggregator.listen",
                "127.0.0.1:" + grpc,
                "--aggregator.enrolment.enabled",
                "true",
                "--gateway.allowed-hosts",
                "no host"))
        .contains("gateway.allowed-hosts has 'no host'")
        .endsWith("exit 2");
  }

  @Test
  void isRefusedByAGatewayOfItsOwn() {
    assertThat(
            RunningImage.runIn(
                RunningImage.directory("gateway"),
                "gateway",
                "--gateway.tls.own-authority",
                "true",
                "--gateway.listen",
                "127.0.0.1:" + http,
                "--current.store",
                "redis",
                "--redis.url",
                "redis://127.0.0.1:1",
                "--history.store",
                "timescale",
                "--timescale.url",
                "jdbc:postgresql://127.0.0.1:1/x",
                "--events.bus",
                "redis-streams",
                "--data-directory",
                directory.resolve("gateway").toString()))
        .contains("this process has no authority for machines", "gateway.tls.certificate")
        .endsWith("exit 2");
  }
}
