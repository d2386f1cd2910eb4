package io.sysmonstm.transport.grpc;

import static io.sysmonstm.transport.grpc.Outsider.batch;
import static io.sysmonstm.transport.grpc.Outsider.hello;
import static io.sysmonstm.transport.grpc.Outsider.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import io.sysmonstm.transport.grpc.v1.Resource;
import io.sysmonstm.transport.grpc.v1.SeqRange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class IngestLimitsTest {
  private static final StreamLimits SHORT =
      new StreamLimits(
          Duration.ofMillis(50),
          Duration.ofMillis(50),
          Duration.ofMillis(50),
          500,
          1_000,
          Duration.ofDays(1));

  private Outsider outsider = new Outsider();

  @AfterEach
  void close() {
    outsider.close();
  }

  private void useShortLimits() {
    outsider.close();
    outsider = new Outsider(builder -> builder.limits(SHORT));
  }

  private void assertOthersGoOn(Outsider.RawStream<?, ?> ended) {
    assertThat(ended.ended()).isTrue();
    outsider.ingest.setAcking(RecordingIngest.Acking.DURABLE);
    var other = outsider.welcomed("other");
    other.send(request(batch(1)));
    other.awaitAnswers(2);
  }

  @Test
  void garbageEndsItsStreamWithInvalidArgument() {
    var stream = outsider.open(Outsider.ofBytes(IngestServiceGrpc.getIngestMethod()));
    stream.send("this is no protobuf".getBytes(StandardCharsets.US_ASCII));
    var status = stream.awaitEnd();
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("cannot be parsed");
    assertOthersGoOn(stream);
  }

  @Test
  void invalidUtf8EndsItsStreamWithInvalidArgument() {
    var stream = outsider.open(Outsider.ofBytes(IngestServiceGrpc.getIngestMethod()));
    stream.send(new byte[] {0x0a, 0x03, 0x0a, 0x01, (byte) 0xff});
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void oversizedMessageEndsItsStreamOnly() {
    var before = outsider.welcomed("before");
    var stream = outsider.open(Outsider.ofBytes(IngestServiceGrpc.getIngestMethod()));
    stream.send(new byte[NettyServer.MAX_MESSAGE_BYTES + 1]);
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    before.send(request(batch(1)));
    before.awaitAnswers(2);
    assertOthersGoOn(stream);
  }

  @Test
  @DisplayName("row 7: a message of 1 MiB is taken, one byte more is refused")
  void aMessageAtTheLimitIsTaken() {
    var method = Outsider.ofBytes(IngestServiceGrpc.getIngestMethod());
    var taken = outsider.open(method);
    taken.send(padded(NettyServer.MAX_MESSAGE_BYTES));
    taken.awaitAnswers(1);
    var refused = outsider.open(method);
    refused.send(padded(NettyServer.MAX_MESSAGE_BYTES + 1));
    assertThat(refused.awaitEnd().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(outsider.ingest.hellos()).hasSize(1);
  }

  /** A hello with a field that nobody knows, to be of a size. */
  private static byte[] padded(int size) {
    // Two bytes for the number of the field, three for its length.
    int padding = size - request(hello("m1")).getSerializedSize() - 5;
    var field =
        UnknownFieldSet.Field.newBuilder()
            .addLengthDelimited(ByteString.copyFrom(new byte[padding]))
            .build();
    var message =
        request(hello("m1")).toBuilder()
            .setUnknownFields(UnknownFieldSet.newBuilder().addField(1_000, field).build())
            .build()
            .toByteArray();
    assertThat(message).hasSize(size);
    return message;
  }

  @Test
  void messageThatInflatesTooFarEndsItsStreamOnly() {
    var stream =
        outsider.open(
            Outsider.ofBytes(IngestServiceGrpc.getIngestMethod()),
            CallOptions.DEFAULT.withCompression("gzip"),
            10);
    stream.compressed();
    var bomb = hello("m1").setResource(Resource.newBuilder().setOs("x".repeat(64 << 20)));
    stream.send(request(bomb).toByteArray());
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertOthersGoOn(stream);
  }

  @Test
  void headersThatAreTooLargeAreRefused() {
    var headers = new Metadata();
    headers.put(Metadata.Key.of("large", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(9 << 10));
    var stream =
        new Outsider.RawStream<>(
            outsider.channel.newCall(IngestServiceGrpc.getIngestMethod(), CallOptions.DEFAULT));
    stream.start(headers, 1);
    stream.send(request(hello("m1")));
    assertThat(stream.awaitEnd().isOk()).isFalse();
    assertThat(outsider.ingest.hellos()).isEmpty();
    assertOthersGoOn(stream);
  }

  @Test
  void streamWithoutHelloEnds() {
    useShortLimits();
    var stream = outsider.ingestStream();
    var status = stream.awaitEnd();
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(status.getDescription()).contains("no Hello");
  }

  @Test
  void streamThatHalfClosesBeforeItsHelloEndsWell() {
    var stream = outsider.ingestStream();
    stream.halfClose();
    assertThat(stream.awaitEnd().isOk()).isTrue();
  }

  @Test
  void halfClosedStreamDoesNotWaitForEverForAcknowledgements() {
    useShortLimits();
    outsider.ingest.setAcking(RecordingIngest.Acking.BY_TEST);
    var stream = outsider.welcomed("m1");
    stream.send(request(batch(1)));
    stream.halfClose();
    var status = stream.awaitEnd();
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(status.getDescription()).contains("1 batches");
  }

  private Outsider.RawStream<IngestRequest, IngestResponse> streamThatReadsOnlyItsWelcome() {
    outsider.ingest.setAcking(RecordingIngest.Acking.BY_TEST);
    var stream = outsider.open(IngestServiceGrpc.getIngestMethod(), CallOptions.DEFAULT, 1);
    stream.send(request(hello("m1")));
    stream.awaitAnswers(1);
    return stream;
  }

  @Test
  void clientThatReadsNoAcknowledgementsGetsThemJoined() {
    int acks = 400_000;
    var stream = streamThatReadsOnlyItsWelcome();
    var session = outsider.ingest.session("m1");
    for (int seq = 1; seq <= acks; seq++) {
      session.acknowledge(Ack.Durability.DURABLE, seq);
    }
    stream.read(Integer.MAX_VALUE);
    Eventually.until("the last acknowledgement", () -> last(stream).getLast() == acks);
    assertThat(longestRange(stream)).isGreaterThan(10_000);
    assertThat(stream.answers().size()).isLessThan(acks / 2);
  }

  /**
   * The length of the longest range: what waited while nobody read, whichever answer it came in.
   */
  private static long longestRange(Outsider.RawStream<IngestRequest, IngestResponse> stream) {
    return stream.answers().stream()
        .flatMap(answer -> answer.getAck().getRangesList().stream())
        .mapToLong(range -> range.getLast() - range.getFirst())
        .max()
        .orElse(0);
  }

  private static SeqRange last(Outsider.RawStream<IngestRequest, IngestResponse> stream) {
    var ranges = stream.answers().getLast().getAck().getRangesList();
    return ranges.isEmpty() ? SeqRange.getDefaultInstance() : ranges.getLast();
  }

  @Test
  void clientThatMakesItsAcknowledgementsGrowWithoutReadingIsCutOff() {
    var stream = streamThatReadsOnlyItsWelcome();
    var session = outsider.ingest.session("m1");
    for (int i = 0; i < 400_000; i++) {
      session.acknowledge(Ack.Durability.DURABLE, 1 + 2L * i);
    }
    stream.read(Integer.MAX_VALUE);
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertOthersGoOn(stream);
  }

  @Test
  void serverReadsNoFurtherThanTheAggregatorTakes() {
    outsider.ingest.setAccepting(false);
    var stream = outsider.welcomed("m1");
    for (int seq = 1; seq <= 100; seq++) {
      stream.send(request(batch(seq)));
    }
    var session = outsider.ingest.session("m1");
    session.awaitBatches(1);
    // Whatever is sent on the same connection afterwards has overtaken nothing, had more been read.
    var other = outsider.ingestStream();
    other.send(request(hello("m2")));
    other.awaitAnswers(1);
    assertThat(session.batches()).hasSize(1);
    outsider.ingest.setAccepting(true);
    session.awaitBatches(100);
    assertThat(session.violations()).isZero();
  }
}
