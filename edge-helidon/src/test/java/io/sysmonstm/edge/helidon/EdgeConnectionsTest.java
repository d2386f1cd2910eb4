package io.sysmonstm.edge.helidon;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.Skipped;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * How many connections there may be from one network. Loopback is exempt from that, so that the
 * test calls this machine by another of its addresses, which leaves the machine just as little.
 */
class EdgeConnectionsTest {
  private static final int SHARE = 64;

  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (var socket : sockets) {
      socket.close();
    }
  }

  private static Optional<InetAddress> ownAddress() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .findFirst();
  }

  private Socket open(EdgeFixture fixture, String request) throws IOException {
    var socket = new Socket();
    sockets.add(socket);
    socket.connect(fixture.address);
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(request.getBytes(US_ASCII));
    return socket;
  }

  private static String head(Socket socket) throws IOException {
    var head = new StringBuilder();
    for (int next = socket.getInputStream().read();
        next >= 0 && head.indexOf("\r\n\r\n") < 0;
        next = socket.getInputStream().read()) {
      head.append((char) next);
    }
    return head.toString();
  }

  @Test
  void aNetworkHasItsShareBesideItsViewers() throws IOException {
    var own = ownAddress();
    Skipped.unless(own.isPresent(), "this machine has no address but loopback");
    var host = own.orElseThrow().getHostAddress();
    var request = "GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    var upgrade = EdgeFixture.upgrade(host);
    try (var fixture = new EdgeFixture(builder -> builder.listen(new InetSocketAddress(host, 0)))) {
      for (int i = 0; i < 10; i++) {
        assertThat(head(open(fixture, upgrade))).startsWith("HTTP/1.1 101 ");
      }
      for (int i = 0; i < SHARE; i++) {
        assertThat(head(open(fixture, request))).startsWith("HTTP/1.1 200 ");
      }

      assertThat(head(open(fixture, request)))
          .startsWith("HTTP/1.1 429 ")
          .contains("Retry-After: 1", "application/problem+json");
      assertThat(fixture.reading("edge_connections_refused_total")).isEqualTo(1);

      sockets.getLast().close();
      sockets.get(sockets.size() - 2).close();
      Eventually.asserted(
          () -> {
            try {
              assertThat(head(open(fixture, request))).startsWith("HTTP/1.1 200 ");
            } catch (IOException reset) {
              throw new AssertionError(reset);
            }
          });
    }
  }
}
