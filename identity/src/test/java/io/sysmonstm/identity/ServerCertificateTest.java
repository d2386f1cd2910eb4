package io.sysmonstm.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.InMemoryAccessStore;
import io.sysmonstm.testkit.InMemoryAlertStore;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.TlsMaterial;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The certificate of a page, by the authority for machines. */
class ServerCertificateTest {
  private static final List<String> NAMES =
      List.of("localhost", "127.0.0.1", "::1", "Page.Example");

  @TempDir private Path directory;

  private final ManualTime time = new ManualTime(Instant.now());
  private final InMemoryAccessStore store = new InMemoryAccessStore(time, new InMemoryAlertStore());
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private MachineAuthority authority;

  @BeforeEach
  void open() {
    authority = MachineAuthority.builder(store, directory, executor).time(time).build();
  }

  @AfterEach
  void close() {
    authority.close();
    executor.close();
  }

  private void restart() {
    authority.close();
    open();
  }

  private Path kept() {
    return directory.resolve("page.pem");
  }

  private static X509Certificate shown(CurrentTls tls) {
    return tls.material().identity().orElseThrow().certificate();
  }

  private X509Certificate shown(List<String> names) {
    return shown(authority.server("page", names));
  }

  @Test
  @DisplayName(
      "2: it is for servers alone and for the names alone, and its key for its owner alone")
  void isWhatItIsFor() throws Exception {
    var certificate = shown(NAMES);
    certificate.verify(
        Certificates.parse(Files.readString(authority.file())).getFirst().getPublicKey());
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(certificate.getBasicConstraints()).as("no authority").isEqualTo(-1);
    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(
            List.of(2, "localhost"),
            List.of(7, "127.0.0.1"),
            List.of(7, "0:0:0:0:0:0:0:1"),
            List.of(2, "Page.Example"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept())))
        .isEqualTo("rw-------");
  }

  @Test
  void isTheSameAfterARestartWhereItIsForAllNames() {
    var first = shown(NAMES);
    restart();
    assertThat(shown(NAMES)).isEqualTo(first);
    restart();
    assertThat(shown(List.of("page.example", "0:0:0:0:0:0:0:1")))
        .as("names in another form, and fewer")
        .isEqualTo(first);
    restart();
    var second = shown(List.of("localhost", "other.example"));
    assertThat(second).isNotEqualTo(first);
    restart();
    assertThat(shown(List.of("localhost", "other.example"))).isEqualTo(second);
  }

  @Test
  @DisplayName("6: it is renewed at two thirds of its life, without a restart")
  void isRenewed() throws IOException {
    var tls = authority.server("page", NAMES);
    var first = shown(tls);
    var text = Files.readString(kept());
    time.advance(Duration.ofDays(264));
    authority.tick();
    assertThat(shown(tls)).isEqualTo(first);
    time.advance(Duration.ofDays(1));
    authority.tick();
    var second = shown(tls);
    assertThat(second).isNotEqualTo(first);
    assertThat(second.getNotAfter().toInstant()).isAfter(time.instant().plus(Duration.ofDays(396)));
    assertThat(Files.readString(kept())).isNotEqualTo(text);
    authority.tick();
    assertThat(shown(tls)).isEqualTo(second);
  }

  @Test
  void oneThatIsDueAtTheStartIsNotUsed() {
    var first = shown(NAMES);
    time.advance(Duration.ofDays(300));
    restart();
    assertThat(shown(NAMES)).isNotEqualTo(first);
  }

  @Test
  void oneThatIsDamagedOrOfAnotherAuthorityIsReplaced() throws IOException {
    var first = shown(NAMES);
    var text = Files.readString(kept());
    Files.writeString(kept(), text.substring(0, text.length() / 2));
    restart();
    var second = shown(NAMES);
    assertThat(second).isNotEqualTo(first);
    Files.delete(directory.resolve("authority.pem"));
    restart();
    assertThat(shown(NAMES)).isNotEqualTo(second);
  }

  @Test
  @DisplayName("2: who trusts the file of the authority reaches it by each of its names")
  void isVerifiedByTheAuthority() throws Exception {
    var tls = authority.server("page", NAMES);
    var trust = Certificates.parse(Files.readString(authority.file()));
    var client = new CurrentTls(new TlsMaterial(Optional.empty(), trust));
    try (var server =
        (SSLServerSocket)
            tls.context()
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      var _ = executor.submit(() -> answer(server));
      for (var name : List.of("localhost", "127.0.0.1")) {
        try (var socket =
            (SSLSocket)
                client.context().getSocketFactory().createSocket(name, server.getLocalPort())) {
          var parameters = socket.getSSLParameters();
          parameters.setEndpointIdentificationAlgorithm("HTTPS");
          socket.setSSLParameters(parameters);
          socket.setSoTimeout(10_000);
          assertThat(socket.getInputStream().read()).isEqualTo('a');
        }
      }
    }
  }

  private static boolean answer(SSLServerSocket server) {
    while (true) {
      try (var socket = server.accept()) {
        socket.getOutputStream().write('a');
      } catch (IOException closed) {
        return true;
      }
    }
  }
}
