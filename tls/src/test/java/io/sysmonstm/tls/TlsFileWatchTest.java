package io.sysmonstm.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.testkit.ManualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real handshakes over files that change. */
class TlsFileWatchTest {
  @TempDir private Path directory;

  private final ManualTime time = new ManualTime();
  private final SelfMetrics metrics = new SelfMetrics();
  private TestAuthority authority;
  private Path certificate;
  private Path key;
  private TlsFiles files;

  @BeforeEach
  void write() throws Exception {
    authority = TestAuthority.create("authority");
    certificate = directory.resolve("certificate.pem");
    key = directory.resolve("key.pem");
    files = new TlsFiles(Optional.of(certificate), Optional.of(key), Optional.empty());
    replace(authority.issue("first"));
  }

  private void replace(TlsIdentity with) throws IOException {
    replace(certificate, Certificates.toPem(with.chain()));
    replace(key, with.keyPem());
  }

  // By rename, so that the file is another one even within the clock's resolution.
  private void replace(Path file, String content) throws IOException {
    var next = Files.createTempFile(directory, "next", ".pem");
    Files.writeString(next, content);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private TlsFileWatch open(TlsFiles of) {
    return TlsFileWatch.open("test", of, time, metrics);
  }

  private double counted(String name) {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals(name))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  private static CurrentTls trusting(X509Certificate... authorities) {
    return new CurrentTls(new TlsMaterial(Optional.empty(), List.of(authorities)));
  }

  /** What the server showed, and the client found good. */
  private static String shown(CurrentTls server, CurrentTls client) throws Exception {
    try (var listening =
            (SSLServerSocket)
                server
                    .context()
                    .getServerSocketFactory()
                    .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> answer =
          tasks.submit(
              () -> {
                try (var accepted = (SSLSocket) listening.accept()) {
                  accepted.getInputStream().read();
                } catch (SSLException refusedByTheClient) {
                  return;
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      try (var socket =
          (SSLSocket)
              client
                  .context()
                  .getSocketFactory()
                  .createSocket("localhost", listening.getLocalPort())) {
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
        socket.getOutputStream().write(1);
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
            .getSubjectX500Principal()
            .getName();
      } finally {
        answer.get();
      }
    }
  }

  @Test
  @DisplayName("6: a new certificate is shown without a restart, an open context stays")
  void takesUpAChange() throws Exception {
    var client = trusting(authority.certificate());
    try (var watch = open(files)) {
      assertThat(shown(watch.tls(), client)).isEqualTo("CN=first");
      replace(authority.issue("second"));
      watch.check();
      assertThat(shown(watch.tls(), client)).as("asked within five seconds").isEqualTo("CN=first");
      time.advance(Duration.ofSeconds(5));
      watch.check();
      assertThat(shown(watch.tls(), trusting(authority.certificate()))).isEqualTo("CN=second");
      assertThat(counted("tls_reloads_total")).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("6: a half-written file and half of a new pair keep the old one, counted once")
  void keepsTheOldWhileTheNewDoesNotFit() throws Exception {
    var client = trusting(authority.certificate());
    try (var watch = open(files)) {
      var second = authority.issue("second");
      var chain = Certificates.toPem(second.chain());
      replace(certificate, chain.substring(0, chain.length() / 2));
      watch.checkNow();
      watch.checkNow();
      assertThat(counted("tls_reload_failures_total")).isEqualTo(1);
      assertThat(shown(watch.tls(), client)).isEqualTo("CN=first");

      replace(certificate, chain);
      watch.checkNow();
      assertThat(counted("tls_reload_failures_total")).isEqualTo(2);
      assertThat(shown(watch.tls(), trusting(authority.certificate()))).isEqualTo("CN=first");

      Files.delete(key);
      watch.checkNow();
      assertThat(shown(watch.tls(), trusting(authority.certificate()))).isEqualTo("CN=first");

      replace(key, second.keyPem());
      watch.checkNow();
      assertThat(shown(watch.tls(), trusting(authority.certificate()))).isEqualTo("CN=second");
    }
  }

  @Test
  @DisplayName("6: two authorities are trusted while one takes over from the other")
  void trustsTwoAuthoritiesDuringARoll() throws Exception {
    var next = TestAuthority.create("next");
    var trust = directory.resolve("trust.pem");
    replace(trust, Certificates.toPem(List.of(authority.certificate())));
    try (var server = open(files);
        var client = open(new TlsFiles(Optional.empty(), Optional.empty(), Optional.of(trust)))) {
      replace(trust, Certificates.toPem(List.of(authority.certificate(), next.certificate())));
      client.checkNow();
      assertThat(shown(server.tls(), client.tls())).isEqualTo("CN=first");
      replace(next.issue("of the next"));
      server.checkNow();
      assertThat(shown(server.tls(), client.tls())).isEqualTo("CN=of the next");
      assertThatExceptionOfType(SSLException.class)
          .isThrownBy(() -> shown(server.tls(), trusting(authority.certificate())));
    }
  }

  @Test
  void tellsWhenTheCertificateEnds() {
    try (var watch = open(files)) {
      assertThat(watch.tls().notAfter()).isPresent();
      var left = Duration.between(time.instant(), watch.tls().notAfter().orElseThrow()).toSeconds();
      assertThat(counted("tls_certificate_valid_seconds")).isEqualTo((double) left);
    }
  }

  @Test
  void refusesToBeginWithFilesThatCannotBeUsed() throws Exception {
    var missing = directory.resolve("missing.pem");
    Files.writeString(certificate, "nothing", UTF_8);
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(
            () ->
                open(
                    new TlsFiles(Optional.of(certificate), Optional.of(key), Optional.of(missing))))
        .satisfies(
            refused ->
                assertThat(refused.problems())
                    .containsExactly(
                        "'%s' cannot be used: it holds no block 'CERTIFICATE'"
                            .formatted(certificate),
                        "'%s' does not exist: expected a PEM file".formatted(missing)));
  }

  @Test
  void halfOfAPairInTheConfigurationIsRefused() {
    var settings = TlsSettings.ofServer("aggregator");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(
            () ->
                settings.files(
                    Settings.of(Map.of("aggregator.tls.certificate", certificate.toString()))))
        .withMessage(
            "aggregator.tls.certificate is set and aggregator.tls.key is not: expected both or"
                + " none");
  }
}
