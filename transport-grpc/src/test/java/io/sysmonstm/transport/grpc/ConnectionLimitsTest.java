package io.sysmonstm.transport.grpc;

import static io.sysmonstm.transport.grpc.Outsider.batch;
import static io.sysmonstm.transport.grpc.Outsider.hello;
import static io.sysmonstm.transport.grpc.Outsider.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one connection may do, each bound passed by one. */
class ConnectionLimitsTest {
  private final SelfMetrics metrics = new SelfMetrics();
  private Outsider outsider = new Outsider(builder -> builder.metrics(metrics));

  @AfterEach
  void close() {
    outsider.close();
  }

  private ManagedChannel newChannel() {
    return Grpc.newChannelBuilder(
            "127.0.0.1:" + outsider.address.getPort(), InsecureChannelCredentials.create())
        .build();
  }

  private static Outsider.RawStream<IngestRequest, IngestResponse> stream(
      ManagedChannel channel, String machineId) {
    var stream =
        new Outsider.RawStream<>(
            channel.newCall(IngestServiceGrpc.getIngestMethod(), CallOptions.DEFAULT));
    stream.start(new Metadata(), Integer.MAX_VALUE);
    stream.send(request(hello(machineId)));
    return stream;
  }

  private double counted(String name) {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals(name))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  private double ended(Status.Code code) {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals("grpc_streams_ended_total"))
        .filter(reading -> reading.labels().value("code").orElse("").equals(code.name()))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  @Test
  void oneConnectionTooManyIsToldWhenToTryAgainAndLetInOnceThereIsRoom() {
    outsider.close();
    outsider = new Outsider(builder -> builder.metrics(metrics).maxConnections(1));
    var first = outsider.welcomed("m1");
    var excess = newChannel();
    var refused = stream(excess, "m2");
    assertThat(refused.awaitEnd().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.trailers().get(Overload.RETRY_AFTER)).isEqualTo("15000");
    assertThat(HealthGrpc.newBlockingStub(excess).check(HealthCheckRequest.getDefaultInstance()))
        .as("health checks are answered")
        .isNotNull();
    assertThat(counted("grpc_connections_refused_total")).isEqualTo(1);
    assertThat(counted("grpc_connections")).isEqualTo(2);
    first.send(request(batch(1)));
    first.awaitAnswers(2);
    excess.shutdownNow();
    outsider.channel.shutdownNow();
    Eventually.until("room", () -> counted("grpc_connections") == 0);
    var later = newChannel();
    stream(later, "m3").awaitAnswers(1);
    later.shutdownNow();
  }

  @Test
  void aMachineForWhichThereIsNoRoomIsToldWhenToTryAgain() {
    outsider.ingest.refuse(ErrorCode.RESOURCE_EXHAUSTED);
    var refused = stream(outsider.channel, "m1");
    assertThat(refused.awaitEnd().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.trailers().get(Overload.RETRY_AFTER)).isEqualTo("15000");
    outsider.ingest.refuse(ErrorCode.PERMISSION_DENIED);
    var denied = stream(outsider.channel, "m1");
    assertThat(denied.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(denied.trailers().get(Overload.RETRY_AFTER)).isNull();
  }

  @Test
  void aStreamBeyondTheBoundOfAConnectionWaitsForOneToEnd() {
    var streams = new ArrayList<Outsider.RawStream<IngestRequest, IngestResponse>>();
    for (int i = 0; i < NettyServer.MAX_STREAMS_PER_CONNECTION; i++) {
      streams.add(stream(outsider.channel, "m" + i));
    }
    streams.forEach(stream -> stream.awaitAnswers(1));
    var excess = stream(outsider.channel, "excess");
    streams.getFirst().send(request(batch(1)));
    streams.getFirst().awaitAnswers(2);
    assertThat(outsider.ingest.hellos())
        .hasSize(NettyServer.MAX_STREAMS_PER_CONNECTION)
        .noneMatch(hello -> hello.machineId().equals("excess"));
    streams.getFirst().halfClose();
    assertThat(streams.getFirst().awaitEnd().isOk()).isTrue();
    excess.awaitAnswers(1);
  }

  @Test
  void aFloodOfResetsEndsItsConnectionOnly() {
    var others = newChannel();
    var bystander = stream(others, "bystander");
    bystander.awaitAnswers(1);
    var sameConnection = outsider.welcomed("same-connection");
    for (int i = 0; i <= NettyServer.MAX_RESETS && !sameConnection.ended(); i++) {
      var stream = stream(outsider.channel, "m" + i);
      Eventually.until("welcomed, or cut off", () -> !stream.answers().isEmpty() || stream.ended());
      stream.cancel();
    }
    assertThat(sameConnection.awaitEnd().isOk()).isFalse();
    bystander.send(request(batch(1)));
    bystander.awaitAnswers(2);
    outsider.welcomed("comes-back");
    others.shutdownNow();
  }

  @Test
  void whatGrpcItselfRefusesIsCounted() {
    var stream = outsider.open(Outsider.ofBytes(IngestServiceGrpc.getIngestMethod()));
    stream.send(new byte[NettyServer.MAX_MESSAGE_BYTES + 1]);
    stream.awaitEnd();
    Eventually.until("counted", () -> ended(Status.Code.RESOURCE_EXHAUSTED) == 1);
    var other = outsider.welcomed("m1");
    other.cancel();
    Eventually.until("counted", () -> ended(Status.Code.CANCELLED) == 1);
    outsider.welcomed("m1").halfClose();
    Eventually.until("counted", () -> ended(Status.Code.OK) == 1);
  }

  @Test
  void aMessageThatSaysItIsAsLongAsCanBeEndsItsStreamOnly() throws IOException {
    var before = outsider.welcomed("before");
    try (var client = new RawHttp2(outsider.address).begin()) {
      client.call(1, IngestServiceGrpc.getIngestMethod().getFullMethodName());
      client.frame(RawHttp2.DATA, 0, 1, new byte[] {0, -1, -1, -1, -1, 1, 2, 3});
      assertThat(client.await(RawHttp2.HEADERS, RawHttp2.RST_STREAM).stream()).isEqualTo(1);
      client.ping();
      assertThat(client.await(RawHttp2.PING).isAnswerToPing()).isTrue();
    }
    before.send(request(batch(1)));
    before.awaitAnswers(2);
  }

  @Test
  void bytesThatAreNoHttp2EndTheirConnectionOnly() throws IOException {
    var before = outsider.welcomed("before");
    try (var client = new RawHttp2(outsider.address)) {
      client.raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.await(RawHttp2.CLOSED).type()).isEqualTo(RawHttp2.CLOSED);
    }
    try (var client = new RawHttp2(outsider.address).begin()) {
      client.raw(new byte[] {-1, -1, -1, 0, 0, 0, 0, 0, 1});
      assertThat(client.await(RawHttp2.GOAWAY).type()).isIn(RawHttp2.GOAWAY, RawHttp2.CLOSED);
    }
    before.send(request(batch(1)));
    before.awaitAnswers(2);
  }

  @Test
  void clientsMayPingEachFiveSecondsWithoutAStream() {
    assertThat(NettyServer.PERMITTED_KEEP_ALIVE).isEqualTo(Duration.ofSeconds(5));
  }

  // Reading paces the pings: nothing but their answers comes.
  private static RawHttp2.Frame pings(RawHttp2 client, int count, Duration apart)
      throws IOException {
    for (int i = 0; i < count; i++) {
      client.ping();
      long end = System.nanoTime() + apart.toNanos();
      for (long left = apart.toNanos(); left > 0; left = end - System.nanoTime()) {
        var frame = client.read(Duration.ofMillis(1 + TimeUnit.NANOSECONDS.toMillis(left)));
        if (frame != null && !frame.isAnswerToPing()) {
          return frame;
        }
      }
    }
    return new RawHttp2.Frame(RawHttp2.PING, 0, 0, ByteBuffer.allocate(0));
  }

  @Test
  void pingsAsFarApartAsIsPermittedAreAnsweredWithoutAStream() throws IOException {
    outsider.close();
    outsider = new Outsider(builder -> builder.permittedKeepAlive(Duration.ofMillis(100)));
    try (var client = new RawHttp2(outsider.address).begin()) {
      assertThat(pings(client, 12, Duration.ofMillis(105)).type()).isEqualTo(RawHttp2.PING);
    }
  }

  @Test
  void pingsCloserThanIsPermittedEndTheirConnection() throws IOException {
    try (var client = new RawHttp2(outsider.address).begin()) {
      var end = pings(client, 12, Duration.ofMillis(20));
      assertThat(end.type()).isEqualTo(RawHttp2.GOAWAY);
      assertThat(end.error()).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM);
    }
  }
}
