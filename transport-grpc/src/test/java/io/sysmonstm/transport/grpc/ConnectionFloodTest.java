package io.sysmonstm.transport.grpc;

import static io.sysmonstm.transport.grpc.Outsider.batch;
import static io.sysmonstm.transport.grpc.Outsider.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.health.v1.HealthGrpc;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that make the server work for nothing; those of others go on meanwhile. */
@Timeout(60)
class ConnectionFloodTest {
  private static final String INGEST = IngestServiceGrpc.getIngestMethod().getFullMethodName();
  private static final String WATCH = HealthGrpc.getWatchMethod().getFullMethodName();

  // It writes a stack for each reset; the log of an image lets a library speak a few times only.
  private static final Logger LOUD =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");

  private final SelfMetrics metrics = new SelfMetrics();
  private final ManualTime time = new ManualTime();
  private final Outsider outsider =
      new Outsider(builder -> builder.metrics(metrics).time(time).guardLoopback());
  private Outsider.RawStream<IngestRequest, IngestResponse> neighbour;
  private long seq;

  @BeforeAll
  static void silence() {
    LOUD.setLevel(Level.OFF);
  }

  @AfterAll
  static void speak() {
    LOUD.setLevel(null);
  }

  @BeforeEach
  void welcomeTheNeighbour() {
    neighbour = outsider.welcomed("neighbour");
  }

  @AfterEach
  void close() {
    outsider.close();
  }

  private void assertTheNeighbourGoesOn() {
    neighbour.send(request(batch(++seq)));
    neighbour.awaitAnswers(Math.toIntExact(1 + seq));
  }

  private double counted(String name) {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals(name))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  private double ended(String code) {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals("grpc_streams_ended_total"))
        .filter(reading -> reading.labels().value("code").orElse("").equals(code))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  /** What a client does to have the work of a stream for nothing. */
  enum Reset {
    /** Rapid reset: the client takes back what it began. */
    BY_THE_CLIENT {
      @Override
      void provoke(RawHttp2 client, int stream) throws IOException {
        client.call(stream, INGEST);
        client.frame(RawHttp2.RST_STREAM, stream, RawHttp2.CANCEL);
      }
    },
    /** MadeYouReset: the server has to end the stream, since the client breaks its rules. */
    BY_A_WINDOW_OF_NOTHING {
      @Override
      void provoke(RawHttp2 client, int stream) throws IOException {
        client.call(stream, INGEST);
        client.frame(RawHttp2.WINDOW_UPDATE, stream, 0);
      }
    },
    BY_A_WINDOW_THAT_OVERFLOWS {
      @Override
      void provoke(RawHttp2 client, int stream) throws IOException {
        client.call(stream, INGEST);
        client.frame(RawHttp2.WINDOW_UPDATE, stream, Integer.MAX_VALUE);
      }
    },
    BY_A_PRIORITY_OF_A_WRONG_SIZE {
      @Override
      void provoke(RawHttp2 client, int stream) throws IOException {
        client.call(stream, INGEST);
        client.frame(RawHttp2.PRIORITY, stream, 0);
      }
    },
    BY_DATA_AFTER_THE_END {
      @Override
      void provoke(RawHttp2 client, int stream) throws IOException {
        // The one that goes on after the client has said all.
        client.call(stream, WATCH);
        client.message(stream, RawHttp2.END_STREAM, new byte[0]);
        client.message(stream, 0, new byte[0]);
      }
    };

    abstract void provoke(RawHttp2 client, int stream) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("row 7: a flood of resets, by the client or made by it, ends its connection alone")
  void resets(Reset how) throws IOException {
    assertTheNeighbourGoesOn();
    try (var client = new RawHttp2(outsider.address).begin()) {
      for (int i = 0; i <= NettyServer.MAX_RESETS; i++) {
        how.provoke(client, 2 * i + 1);
      }
      var end = client.await(RawHttp2.GOAWAY);

      assertThat(end.type()).isEqualTo(RawHttp2.GOAWAY);
      assertThat(end.error()).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM);
      assertThat(client.await().type()).isEqualTo(RawHttp2.CLOSED);
    }
    assertTheNeighbourGoesOn();
    outsider.welcomed("comes-back");
  }

  @Test
  @DisplayName("row 7: who floods again and again is kept out for a while, its neighbours are not")
  void newConnectionsOfWhoFloods() throws IOException {
    for (int i = 0; i < FloodGuard.FLOODS_AT_ONCE; i++) {
      flood();
    }
    Eventually.until("counted", () -> counted("grpc_floods_total") == FloodGuard.FLOODS_AT_ONCE);
    try (var client = new RawHttp2(outsider.address)) {
      assertThat(client.await().type()).as("before a word").isEqualTo(RawHttp2.CLOSED);
    }
    assertThat(counted("grpc_connections_kept_out_total")).isEqualTo(1);
    assertTheNeighbourGoesOn();

    time.advance(FloodGuard.PAUSE);
    flood();
  }

  private void flood() throws IOException {
    try (var client = new RawHttp2(outsider.address).begin()) {
      for (int i = 0; i <= NettyServer.MAX_RESETS; i++) {
        Reset.BY_THE_CLIENT.provoke(client, 2 * i + 1);
      }
      assertThat(client.await(RawHttp2.GOAWAY).error()).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM);
    }
  }

  @Test
  @DisplayName("row 7: who pings too often, by a wrong setting, keeps nobody out")
  void pingsKeepNobodyOut() throws IOException {
    for (int i = 0; i <= FloodGuard.FLOODS_AT_ONCE; i++) {
      pingTooOften();
    }
    assertThat(counted("grpc_floods_total")).isZero();
  }

  @Test
  @DisplayName("row 7: resets that keep within the bound are served, and counted")
  void fewResetsAreServed() throws IOException {
    try (var client = new RawHttp2(outsider.address).begin()) {
      for (int i = 0; i < NettyServer.MAX_RESETS; i++) {
        Reset.BY_THE_CLIENT.provoke(client, 2 * i + 1);
      }
      client.ping();
      assertThat(client.await(RawHttp2.PING, RawHttp2.GOAWAY).isAnswerToPing()).isTrue();
    }
    Eventually.until("counted", () -> ended("CANCELLED") >= NettyServer.MAX_RESETS);
  }

  @Test
  @DisplayName("row 7: a flood of pings ends its connection alone")
  void pings() throws IOException {
    pingTooOften();
    assertTheNeighbourGoesOn();
  }

  private void pingTooOften() throws IOException {
    try (var client = new RawHttp2(outsider.address).begin()) {
      var ping = RawHttp2.bytes(RawHttp2.PING, 0, 0, new byte[8]);
      sendUntilClosed(client, repeated(ping, 1_000), 1_000);
      assertThat(client.await(RawHttp2.GOAWAY).type()).isIn(RawHttp2.GOAWAY, RawHttp2.CLOSED);
    }
  }

  @Test
  @DisplayName("row 7: a flood of settings whose answers nobody reads ends its connection alone")
  void settings() throws IOException {
    try (var client = new RawHttp2(outsider.address).begin()) {
      var settings = RawHttp2.bytes(RawHttp2.SETTINGS, 0, 0, new byte[0]);
      assertThat(sendUntilClosed(client, repeated(settings, 1_000), 10_000)).isTrue();
    }
    assertTheNeighbourGoesOn();
  }

  @Test
  @DisplayName("row 7: headers that never end, in small parts or large ones, end their connection")
  void continuations() throws IOException {
    for (int size : new int[] {0, 1, 1_000}) {
      try (var client = new RawHttp2(outsider.address).begin()) {
        client.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.headers(INGEST, 0));
        var part = new ByteArrayOutputStream();
        if (size > 0) {
          part.writeBytes(RawHttp2.headers(INGEST, size));
        }
        var continuation = RawHttp2.bytes(RawHttp2.CONTINUATION, 0, 1, part.toByteArray());
        sendUntilClosed(client, repeated(continuation, 100), 1_000);
        assertThat(client.await(RawHttp2.GOAWAY).type())
            .as("parts of %d", size)
            .isIn(RawHttp2.GOAWAY, RawHttp2.CLOSED);
      }
      assertTheNeighbourGoesOn();
    }
  }

  private static byte[] repeated(byte[] frame, int times) {
    var all = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      all.writeBytes(frame);
    }
    return all.toByteArray();
  }

  /** Whether it was closed before all was sent. */
  private static boolean sendUntilClosed(RawHttp2 client, byte[] frames, int times) {
    try {
      for (int i = 0; i < times; i++) {
        client.raw(frames);
      }
      return false;
    } catch (IOException closed) {
      return true;
    }
  }

  @Test
  @DisplayName("row 7: headers of 8 KiB are taken, one byte more is refused, and its stream alone")
  void sizeOfHeaders() throws IOException {
    int most = NettyServer.MAX_METADATA_BYTES;
    int padding = most - RawHttp2.sizeOfHeaders(INGEST, 1) + 1;
    assertThat(RawHttp2.sizeOfHeaders(INGEST, padding)).isEqualTo(most);
    try (var client = new RawHttp2(outsider.address).begin()) {
      begin(client, 1, padding);
      client.message(1, 0, request(Outsider.hello("at-the-limit")).toByteArray());
      assertThat(client.await(RawHttp2.DATA, RawHttp2.RST_STREAM).type()).isEqualTo(RawHttp2.DATA);
      begin(client, 3, padding + 1);
      var refused = client.await(RawHttp2.HEADERS, RawHttp2.RST_STREAM, RawHttp2.GOAWAY);
      assertThat(refused.type()).isIn(RawHttp2.HEADERS, RawHttp2.RST_STREAM);
      assertThat(refused.stream()).isEqualTo(3);
      client.ping();
      assertThat(client.await(RawHttp2.PING, RawHttp2.GOAWAY).isAnswerToPing()).isTrue();
    }
    assertTheNeighbourGoesOn();
    assertThat(outsider.ingest.hellos()).hasSize(2);
  }

  private static void begin(RawHttp2 client, int stream, int padding) throws IOException {
    client.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, RawHttp2.headers(INGEST, padding));
  }

  @Test
  @DisplayName("row 7: who opens more streams than a connection may have is refused those")
  void streamsBeyondTheBound() throws IOException {
    try (var client = new RawHttp2(outsider.address).begin()) {
      for (int i = 0; i < NettyServer.MAX_STREAMS_PER_CONNECTION; i++) {
        client.call(2 * i + 1, INGEST);
      }
      int excess = 2 * NettyServer.MAX_STREAMS_PER_CONNECTION + 1;
      client.call(excess, INGEST);
      var refused = client.await(RawHttp2.RST_STREAM, RawHttp2.GOAWAY);
      assertThat(refused.type()).isEqualTo(RawHttp2.RST_STREAM);
      assertThat(refused.stream()).isEqualTo(excess);
      assertThat(refused.error()).isEqualTo(RawHttp2.REFUSED_STREAM);
      client.message(1, 0, request(Outsider.hello("first")).toByteArray());
      assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(1);
    }
    assertTheNeighbourGoesOn();
  }
}
