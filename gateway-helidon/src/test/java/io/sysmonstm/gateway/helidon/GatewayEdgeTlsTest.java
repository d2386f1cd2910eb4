package io.sysmonstm.gateway.helidon;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.identity.CertificateAuthority;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.tls.CertificateRequest;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.TlsIdentity;
import io.sysmonstm.tls.TlsMaterial;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** To whom a gateway says nothing, its token least of all, though it was told to publish there. */
class GatewayEdgeTlsTest {
  private static final String TOKEN = "a token of the tests";
  private static final Duration HOUR = Duration.ofHours(1);

  private final Instant now = Instant.now();
  private final CertificateAuthority authority = CertificateAuthority.create(now);

  /** What the edge shows. */
  enum Shown {
    GOOD,
    EXPIRED,
    NOT_YET_VALID,
    OF_NO_AUTHORITY,
    OF_ANOTHER_AUTHORITY,
    OF_ANOTHER_NAME,
    OF_A_MACHINE
  }

  private TlsIdentity identity(Shown shown) {
    var names = List.of("localhost");
    return switch (shown) {
      case GOOD -> authority.server(names, now, HOUR);
      case EXPIRED -> authority.server(names, now.minus(HOUR.multipliedBy(2)), HOUR);
      case NOT_YET_VALID -> authority.server(names, now.plus(Duration.ofDays(1)), HOUR);
      case OF_NO_AUTHORITY -> withoutAuthority();
      case OF_ANOTHER_AUTHORITY -> CertificateAuthority.create(now).server(names, now, HOUR);
      case OF_ANOTHER_NAME -> authority.server(List.of("elsewhere.example"), now, HOUR);
      case OF_A_MACHINE -> {
        var keys = CertificateRequest.newKeys();
        // A machine whose id is the name of the edge.
        var certificate = authority.machine("localhost", keys.getPublic(), now, HOUR);
        yield new TlsIdentity(
            keys.getPrivate(), List.of(certificate, authority.trusted().getFirst()));
      }
    };
  }

  private TlsIdentity withoutAuthority() {
    var other = CertificateAuthority.create(now).server(List.of("localhost"), now, HOUR);
    return new TlsIdentity(other.key(), List.of(other.certificate()));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("row 2: a gateway says nothing to an edge whose certificate is not good")
  void theTokenIsForTheEdgeAlone(Shown shown) throws Exception {
    try (var edge = new Ear(identity(shown));
        var fixture = new GatewayFixture(builder -> builder.edge(target(edge.port())))) {
      Eventually.until("it has tried", () -> fixture.reading("gateway_edge_failures_total") >= 1);

      if (shown == Shown.GOOD) {
        assertThat(edge.heard).first().asString().contains("Authorization: Bearer " + TOKEN);
      } else {
        assertThat(edge.heard).isEmpty();
        assertThat(fixture.get("/ready").body()).contains("\"edge\":\"error: ");
      }
      assertThat(fixture.get("/ready").body()).doesNotContain(TOKEN);
      assertThat(fixture.reading("gateway_edge_connected")).isZero();
    }
  }

  private EdgeTarget target(int port) {
    return EdgeTarget.of(EdgeTarget.parse("wss://localhost:" + port).orElseThrow(), TOKEN)
        .tls(new CurrentTls(new TlsMaterial(Optional.empty(), authority.trusted())).context());
  }

  /** A server over TLS that refuses everybody, and remembers what it heard. */
  private static final class Ear implements AutoCloseable {
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final SSLServerSocket listening;

    Ear(TlsIdentity identity) throws IOException {
      listening =
          (SSLServerSocket)
              new CurrentTls(new TlsMaterial(Optional.of(identity), List.of()))
                  .context()
                  .getServerSocketFactory()
                  .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
      Thread.startVirtualThread(this::listen);
    }

    int port() {
      return listening.getLocalPort();
    }

    private void listen() {
      while (!listening.isClosed()) {
        try (var socket = listening.accept()) {
          hear(socket);
        } catch (IOException refused) {
          // By the gateway, or the test is over.
        }
      }
    }

    private void hear(Socket socket) throws IOException {
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int read = socket.getInputStream().read();
        if (read < 0) {
          break;
        }
        head.append((char) read);
      }
      if (!head.isEmpty()) {
        heard.add(head.toString());
      }
      socket
          .getOutputStream()
          .write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII));
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }
}
