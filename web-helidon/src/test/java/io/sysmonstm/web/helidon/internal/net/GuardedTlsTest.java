package io.sysmonstm.web.helidon.internal.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.LocalhostCertificate;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.Skipped;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections before and in their TLS handshake, on bare sockets. */
class GuardedTlsTest {
  private static final Duration PATIENCE = Timing.DEFAULT.request();
  private static final int SHARE = 2;
  private static final int IN_ALL = 4;

  @TempDir private static Path directory;

  private static LocalhostCertificate certificate;

  private final ManualTime time = new ManualTime();
  private final SelfMetrics metrics = new SelfMetrics();
  private final Arrivals arrivals =
      new Arrivals(
          IN_ALL, new NetworkPlaces(SHARE), new Deadlines("test", Timing.DEFAULT, time, metrics));
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Socket> sockets = new ArrayList<>();
  private ServerSocket server;

  @BeforeAll
  static void makeCertificate() {
    certificate = LocalhostCertificate.create(directory);
  }

  @BeforeEach
  void start() throws IOException {
    server =
        GuardedTls.of(certificate.ofServer(), arrivals)
            .getServerSocketFactory()
            .createServerSocket();
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    for (var socket : sockets) {
      socket.close();
    }
    threads.close();
  }

  private void listen(InetAddress address) throws IOException {
    server.bind(new InetSocketAddress(address, 0));
    var _ =
        threads.submit(
            () -> {
              while (!server.isClosed()) {
                var socket = (SSLSocket) server.accept();
                var _ = threads.submit(() -> serve(socket));
              }
              return true;
            });
  }

  /** As the HTTP server does it. */
  private Object serve(SSLSocket socket) throws IOException {
    try (socket) {
      socket.startHandshake();
      arrivals.handshakeDone(
          new Arrival.Ends(socket.getRemoteSocketAddress(), socket.getLocalSocketAddress()));
      socket.getInputStream().transferTo(socket.getOutputStream());
      return true;
    }
  }

  private Socket open(String begin) throws IOException {
    var socket = new Socket();
    sockets.add(socket);
    socket.connect(server.getLocalSocketAddress());
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(begin.getBytes(US_ASCII));
    return socket;
  }

  private static void assertEnded(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
    } catch (SocketException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }

  private SSLSocket speak() throws IOException {
    var address = (InetSocketAddress) server.getLocalSocketAddress();
    var socket =
        (SSLSocket) certificate.trusted().createSocket(address.getAddress(), address.getPort());
    sockets.add(socket);
    socket.setSoTimeout(20_000);
    socket.startHandshake();
    socket.getOutputStream().write('x');
    assertThat(socket.getInputStream().read()).isEqualTo('x');
    return socket;
  }

  private void eventuallySpoken() {
    Eventually.asserted(
        () -> {
          try {
            speak();
          } catch (IOException refused) {
            throw new AssertionError(refused);
          }
        });
  }

  private double refused() {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals("test_connections_refused_total"))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  @Test
  @DisplayName("row 13: handshakes that fail, however many, use nothing up")
  void handshakesThatFailUseNothingUp() throws IOException {
    listen(InetAddress.getLoopbackAddress());
    for (int i = 0; i < 3 * IN_ALL; i++) {
      var socket = open("GET / HTTP/1.1\r\n\r\n");
      assertEnded(socket);
      socket.close();
    }

    eventuallySpoken();
  }

  @Test
  void connectionsThatAreResetUseNothingUp() throws IOException {
    listen(InetAddress.getLoopbackAddress());
    for (int i = 0; i < 3 * IN_ALL; i++) {
      eventuallySpoken();
      var socket = sockets.getLast();
      socket.setSoLinger(true, 0);
      socket.close();
    }

    eventuallySpoken();
  }

  @Test
  @DisplayName("row 13: who does not shake hands is cut off after ten seconds, and nobody else")
  void aHandshakeThatDoesNotComeIsCutOff() throws IOException {
    listen(InetAddress.getLoopbackAddress());
    var spoken = speak();
    var silent = open("");
    // The beginning of a record, the rest of which does not come.
    var slow = open("\u0016\u0003\u0001");
    speak();
    time.advance(PATIENCE.minusMillis(1));
    assertThat(arrivals.endOverdue(PATIENCE)).isZero();

    time.advance(Duration.ofMillis(1));
    assertThat(arrivals.endOverdue(PATIENCE)).isEqualTo(2);

    assertEnded(silent);
    assertEnded(slow);
    spoken.getOutputStream().write('y');
    assertThat(spoken.getInputStream().read()).isEqualTo('y');
    assertThat(arrivals.endOverdue(PATIENCE)).isZero();
  }

  @Test
  void thereAreSoManyConnectionsInAll() throws IOException {
    listen(InetAddress.getLoopbackAddress());
    for (int i = 0; i < IN_ALL; i++) {
      speak();
    }
    assertEnded(open(""));
    assertThat(refused()).isEqualTo(1);

    sockets.getFirst().close();
    eventuallySpoken();
  }

  @Test
  @DisplayName("row 13: so many of one network may shake hands at a time")
  void aNetworkHasItsShareOfHandshakes() throws IOException {
    var own = ownAddress();
    Skipped.unless(own.isPresent(), "this machine has no address but loopback");
    listen(own.orElseThrow());
    speak();
    var first = open("");
    open("");
    assertEnded(open(""));
    assertThat(refused()).isEqualTo(1);
    assertThatThrownBy(this::speak).isInstanceOf(IOException.class);

    first.close();
    eventuallySpoken();
  }

  private static Optional<InetAddress> ownAddress() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .findFirst();
  }
}
