package io.sysmonstm.edge.helidon;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.json.Publication;
import io.sysmonstm.testkit.Eventually;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Viewers that do not read, say too much, or never end, on bare sockets. */
class EdgeFloodTest {
  private static final int LARGE_PARTS = 20;

  private final EdgeFixture fixture = new EdgeFixture();
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
    socket.setReceiveBufferSize(4_096);
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), fixture.address.getPort()));
    socket.setSoTimeout(20_000);
    sockets.add(socket);
    return socket;
  }

  private Socket openViewer() throws IOException {
    var socket = open();
    socket.getOutputStream().write(EdgeFixture.upgrade("localhost").getBytes(US_ASCII));
    var answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      answer.append((char) socket.getInputStream().read());
    }
    assertThat(answer).startsWith("HTTP/1.1 101 ");
    return socket;
  }

  /** The head of a masked frame, whose mask is nothing. */
  private static byte[] head(int first, long length) {
    return ByteBuffer.allocate(14)
        .put((byte) first)
        .put((byte) (0x80 | 127))
        .putLong(length)
        .putInt(0)
        .array();
  }

  /** The code of the close frame, past the frames before it. */
  private static int closeCode(Socket socket) throws IOException {
    var in = new DataInputStream(socket.getInputStream());
    while (true) {
      int opcode = in.readUnsignedByte() & 0xF;
      int length = in.readUnsignedByte();
      if (length == 126) {
        length = in.readUnsignedShort();
      }
      if (opcode == 0x8) {
        return in.readUnsignedShort();
      }
      in.skipNBytes(length);
    }
  }

  private MachineView large(double value) {
    return large("m", 500, value);
  }

  private MachineView large(String id, int cores, double value) {
    var samples =
        IntStream.range(0, cores)
            .mapToObj(
                core ->
                    new Sample(
                        "cpu_percent_per_core",
                        Labels.of("core", Integer.toString(core)),
                        Instant.EPOCH,
                        value))
            .toList();
    return new MachineView(
        new MachineState(
            id,
            Resource.builder(id).build(),
            fixture.time.instant(),
            Duration.ZERO,
            samples,
            List.of()),
        MachineStatus.UP,
        Optional.empty(),
        List.of());
  }

  @Test
  void fiftyViewersThatNeverReadCostOthersNothingAndAreEvicted() throws IOException {
    var gateway = fixture.gateway("g1");
    var reader = fixture.viewer();
    reader.next("snapshot");
    gateway.say(fixture.snapshot(large(0)));
    reader.next("snapshot");
    for (int i = 0; i < 50; i++) {
      openViewer();
    }

    for (int round = 1; round <= 200; round++) {
      fixture.time.advance(Duration.ofMillis(1));
      gateway.say(fixture.metrics(large(round % 100)));
      reader.next("metrics");
    }
    assertThat(fixture.reading("edge_viewers")).isEqualTo(51);
    gateway.socket().sendPing(ByteBuffer.allocate(0)).join();

    fixture.time.advance(Duration.ofMillis(14_900));
    gateway.say(fixture.metrics(large(1)));
    reader.next("metrics");
    fixture.time.advance(Duration.ofSeconds(1));

    Eventually.until("those that do not read are gone", () -> fixture.reading("edge_viewers") == 1);
    assertThat(fixture.reading("edge_viewers_evicted_total")).isEqualTo(50);
    gateway.say(fixture.metrics(large(2)));
    reader.next("metrics");
    assertThat(reader.closed).isNotDone();
  }

  /** Publishes a fleet of some ten megabytes, of which every part is new. */
  private void publishLarge(Peer gateway, double value) {
    for (int part = 0; part < LARGE_PARTS; part++) {
      int first = 4 * part;
      var machines =
          IntStream.range(first, first + 4).mapToObj(i -> large("m" + i, 2_000, value)).toList();
      gateway.say(
          EdgeFixture.text(
              new Publication.Snapshot(
                  fixture.time.instant(), machines, List.of(), part < LARGE_PARTS - 1)));
    }
  }

  @Test
  void theSlowestOfThoseThatHoldTooMuchIsEvictedBeforeItsTime() throws IOException {
    var gateway = fixture.gateway("g1");
    var reader = fixture.viewer();
    reader.next("snapshot");
    for (int round = 0; round < 3; round++) {
      publishLarge(gateway, round);
      reader.next("snapshot");
      assertThat(openViewer().getInputStream().read()).as("its snapshot has begun").isPositive();
      fixture.time.advance(Duration.ofSeconds(1));
    }

    // The first has been at its snapshot for six seconds; the three hold three fleets.
    fixture.time.advance(Duration.ofSeconds(3));

    Eventually.until("the first is gone", () -> fixture.reading("edge_viewers") == 3);
    assertThat(fixture.reading("edge_viewers_evicted_total")).isEqualTo(1);
  }

  @Test
  void clientsThatDoNotReadTheirAnswersAreCutOffAndOthersAreServed() throws IOException {
    var request = "GET /lib/uplot/uPlot.esm.js HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (int i = 0; i < 20; i++) {
      open().getOutputStream().write(request.repeat(100).getBytes(US_ASCII));
    }
    Eventually.until(
        "they are cut off",
        () -> {
          fixture.time.advance(Duration.ofMillis(100));
          return fixture.reading("edge_slow_readers_total") == 20;
        });

    assertThat(fixture.get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void aFrameOfTenMebibytesIsRefusedByItsHead() throws IOException {
    var socket = openViewer();
    socket.getOutputStream().write(head(0x81, 10 << 20));

    assertThat(closeCode(socket)).isEqualTo(1008);
  }

  @Test
  void fragmentsWithoutEndAreRefusedAtTheFirst() throws IOException {
    var socket = openViewer();
    socket.getOutputStream().write(head(0x01, 0));

    assertThat(closeCode(socket)).isEqualTo(1008);
  }

  @Test
  void aFloodOfPingsIsRefused() throws IOException {
    var socket = openViewer();
    var flood = ByteBuffer.allocate(1_400);
    for (int i = 0; i < 100; i++) {
      flood.put(head(0x89, 0));
    }
    socket.getOutputStream().write(flood.array());

    assertThat(closeCode(socket)).isEqualTo(1008);
  }

  @Test
  void headsThatComeDropByDropAreCutOffAndOthersAreServed() throws IOException {
    for (int i = 0; i < 100; i++) {
      open().getOutputStream().write("GET / HT".getBytes(US_ASCII));
    }
    Eventually.until(
        "they are cut off",
        () -> {
          fixture.time.advance(Duration.ofSeconds(1));
          return fixture.reading("edge_slow_requests_total") == 100;
        });

    assertThat(fixture.get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void connectionsBeyondTheViewersAreRefusedAndComeBackWhenOthersLeave() throws IOException {
    try (var small = new EdgeFixture(builder -> builder.maxViewers(5))) {
      var viewers = new ArrayList<Peer>();
      for (int i = 0; i < 5; i++) {
        viewers.add(small.viewer());
      }
      for (int i = 0; i < 50; i++) {
        assertThat(Peer.refusal(small, "/ws", Map.of())).isEqualTo(503);
      }
      viewers.getFirst().leave();
      Eventually.until("one has left", () -> small.reading("edge_viewers") == 4);

      assertThat(small.viewer().next()).contains("snapshot");
    }
  }
}
