package io.sysmonstm.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.load.LinkConnection.Direction;
import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that sends back what it gets stands behind the link. */
@Timeout(20)
final class FaultyLinkTest {
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger arrived = new AtomicInteger();
  private ServerSocket server;
  private FaultyLink link;

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
    link = new FaultyLink(server.getLocalPort(), 1);
  }

  @AfterEach
  void close() throws IOException {
    link.close();
    server.close();
  }

  @Test
  void bytesPassInBothDirectionsAndSoDoesTheEnd() throws Exception {
    try (var client = client()) {
      assertThat(echo(client, "hello")).isEqualTo("hello");
      client.shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    Eventually.until("both are gone", () -> link.connections().isEmpty());
  }

  @Test
  void bytesComeAsLateAsTheyShallAndInTheirOrder() throws Exception {
    try (var client = client()) {
      link.set(LinkCondition.late(Duration.ofMillis(80), Duration.ofMillis(40)));
      long begin = System.nanoTime();
      assertThat(echo(client, "abcdefghijklmnopqrstuvwxyz"))
          .isEqualTo("abcdefghijklmnopqrstuvwxyz");
      assertThat(millisSince(begin)).isBetween(160L, 2_000L);
    }
  }

  @Test
  void notMoreBytesPassThanTheLineTakes() throws Exception {
    try (var client = client()) {
      link.set(LinkCondition.CLEAR.throttled(20_000));
      long begin = System.nanoTime();
      // Both directions work at the same time, one piece behind.
      echo(client, "x".repeat(10_000));
      assertThat(millisSince(begin)).isBetween(500L, 5_000L);
    }
  }

  @Test
  void someBytesAreHeldUpForAWhile() throws Exception {
    try (var client = client()) {
      link.set(LinkCondition.CLEAR.stalling(1, Duration.ofMillis(150)));
      long begin = System.nanoTime();
      echo(client, "x");
      assertThat(millisSince(begin)).isBetween(300L, 3_000L);
    }
  }

  @Test
  void heldBytesArriveLater() throws Exception {
    try (var client = client()) {
      echo(client, "x");
      link.set(LinkCondition.HELD);
      write(client, "held");
      assertSilent(client);
      try (var late = client()) {
        write(late, "later");
        assertSilent(late);
        link.clear();
        assertThat(read(client, 4)).isEqualTo("held");
        assertThat(read(late, 5)).isEqualTo("later");
      }
    }
  }

  @Test
  void aPartitionTellsNobodyAndWhatLostBytesStaysSilent() throws Exception {
    try (var client = client();
        var other = client()) {
      echo(client, "x");
      echo(other, "x");
      link.set(LinkCondition.DROPPED);
      write(client, "lost");
      assertSilent(client);
      try (var begun = client()) {
        write(begun, "begun");
        assertSilent(begun);
        link.clear();
        assertThat(read(begun, 5)).as("it had to wait for its beginning").isEqualTo("begun");
      }
      write(client, "more");
      assertSilent(client);
      assertThat(echo(other, "nothing lost")).isEqualTo("nothing lost");
      client.shutdownOutput();
      assertThat(ended).as("the server hears of no end").hasValueLessThanOrEqualTo(1);
    }
  }

  @Test
  void oneConnectionMayFareWorseThanTheOthers() throws Exception {
    try (var first = client()) {
      echo(first, "x");
      try (var second = client()) {
        echo(second, "x");
        link.connections().getFirst().set(LinkCondition.HELD);
        write(first, "held");
        assertThat(echo(second, "passes")).isEqualTo("passes");
        assertSilent(first);
      }
    }
  }

  @Test
  void theConnectionBreaksAfterExactlySoManyBytes() throws Exception {
    try (var client = client()) {
      echo(client, "x");
      link.connections().getFirst().cutAfter(Direction.UP, 3);
      int before = arrived.get();
      write(client, "abcdef");
      assertThatExceptionOfType(SocketException.class)
          .isThrownBy(() -> client.getInputStream().readNBytes(6));
      Eventually.until("the server sees it", () -> ended.get() == 1);
      assertThat(arrived.get() - before).isEqualTo(3);
    }
  }

  @Test
  void oneSideMayEndWithoutTheOtherBeingTold() throws Exception {
    try (var client = client()) {
      echo(client, "x");
      var connection = link.connections().getFirst();
      connection.dropClient();
      assertThatExceptionOfType(SocketException.class).isThrownBy(() -> echo(client, "y"));
      assertThat(ended).hasValue(0);
      connection.cut();
      Eventually.until("the server sees it", () -> ended.get() == 1);
    }
    try (var client = client()) {
      echo(client, "x");
      link.connections().getFirst().dropServer();
      Eventually.until("the server sees it", () -> ended.get() == 2);
      assertSilent(client);
    }
  }

  @Test
  void refusedConnectionsAreResetAndOldOnesGoOn() throws Exception {
    try (var old = client()) {
      echo(old, "x");
      link.set(LinkCondition.REFUSED);
      assertThatExceptionOfType(SocketException.class)
          .isThrownBy(
              () -> {
                try (var client = client()) {
                  echo(client, "y");
                }
              });
      assertThat(echo(old, "z")).isEqualTo("z");
      link.clear();
      try (var client = client()) {
        assertThat(echo(client, "back")).isEqualTo("back");
      }
    }
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> sendBack(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void sendBack(Socket socket) {
    try (socket) {
      var buffer = new byte[4_096];
      for (int n = socket.getInputStream().read(buffer);
          n >= 0;
          n = socket.getInputStream().read(buffer)) {
        arrived.addAndGet(n);
        socket.getOutputStream().write(buffer, 0, n);
      }
    } catch (IOException reset) {
      // Counted as any end.
    } finally {
      ended.incrementAndGet();
    }
  }

  private Socket client() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), link.port());
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(10));
    return socket;
  }

  private static String echo(Socket client, String text) throws IOException {
    write(client, text);
    return read(client, text.length());
  }

  private static void write(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static String read(Socket client, int length) throws IOException {
    var bytes = client.getInputStream().readNBytes(length);
    if (bytes.length < length) {
      throw new SocketException("ended");
    }
    return new String(bytes, US_ASCII);
  }

  private static void assertSilent(Socket client) throws IOException {
    client.setSoTimeout(150);
    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> client.getInputStream().read());
    client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(10));
  }

  private static long millisSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1_000_000;
  }
}
