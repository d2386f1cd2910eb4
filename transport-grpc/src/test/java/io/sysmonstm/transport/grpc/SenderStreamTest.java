package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Resource;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.testkit.RecordingListener;
import io.sysmonstm.transport.grpc.v1.Durability;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import io.sysmonstm.transport.grpc.v1.SeqRange;
import io.sysmonstm.transport.grpc.v1.Welcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SenderStreamTest {
  private List<IngestResponse> answers = List.of();
  private Status end = Status.OK;
  private boolean ends = true;
  private Server server;
  private GrpcMetricSender sender;

  static Hello hello(String machineId) {
    return new Hello(
        machineId,
        new UUID(1, 2),
        new UUID(3, 4),
        Resource.builder("h").build(),
        Instant.EPOCH,
        0,
        Duration.ofSeconds(5));
  }

  /** Answers the first message with what the test says. */
  private final class Scripted extends IngestServiceGrpc.IngestServiceImplBase {
    @Override
    public StreamObserver<IngestRequest> ingest(StreamObserver<IngestResponse> observer) {
      return new StreamObserver<>() {
        @Override
        public void onNext(IngestRequest request) {
          answers.forEach(observer::onNext);
          if (!ends) {
            return;
          }
          if (end.isOk()) {
            observer.onCompleted();
          } else {
            observer.onError(end.asRuntimeException());
          }
        }

        @Override
        public void onError(Throwable gone) {}

        @Override
        public void onCompleted() {}
      };
    }
  }

  @BeforeEach
  void start() throws IOException {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new Scripted())
            .build()
            .start();
    sender =
        GrpcMetricSender.builder("localhost:" + server.getPort())
            .welcomeTimeout(Duration.ofMillis(300))
            .build();
  }

  @AfterEach
  void stop() {
    sender.close();
    server.shutdownNow();
  }

  private RecordingListener open() {
    var listener = new RecordingListener();
    sender.open(hello("m1"), listener);
    return listener;
  }

  private static IngestResponse welcome() {
    return IngestResponse.newBuilder().setWelcome(Welcome.getDefaultInstance()).build();
  }

  private static IngestResponse ack(io.sysmonstm.transport.grpc.v1.Ack.Builder ack) {
    return IngestResponse.newBuilder().setAck(ack).build();
  }

  @Test
  void helloThatIsNotAnsweredEndsWithDeadlineExceeded() {
    ends = false;
    var listener = open();
    assertThat(listener.awaitEnd()).contains(ErrorCode.DEADLINE_EXCEEDED);
    assertThat(listener.cause().orElseThrow()).hasMessageContaining("no welcome within PT0.3S");
  }

  @Test
  void welcomedStreamHasNoDeadline() {
    ends = false;
    answers = List.of(welcome());
    var listener = open();
    listener.awaitWelcome();
    var second = new RecordingListener();
    answers = List.of();
    sender.open(hello("m2"), second);
    assertThat(second.awaitEnd()).contains(ErrorCode.DEADLINE_EXCEEDED);
    assertThat(listener.ends()).isZero();
  }

  @Test
  void everyStatusHasACode() {
    for (var code : Status.Code.values()) {
      if (code == Status.Code.OK) {
        continue;
      }
      end = code.toStatus().withDescription("said by the test");
      var listener = open();
      assertThat(listener.awaitEnd()).contains(Statuses.errorCode(code));
      assertThat(listener.cause().orElseThrow())
          .hasMessageContaining("stream of m1 to localhost")
          .hasMessageContaining("said by the test");
    }
    assertThat(Statuses.errorCode(Status.Code.ABORTED)).isEqualTo(ErrorCode.FAILED_PRECONDITION);
    for (var code : ErrorCode.values()) {
      assertThat(Statuses.errorCode(Status.Code.valueOf(code.name()))).isEqualTo(code);
    }
  }

  @Test
  void answersOfANewerServerAreUnderstoodAsFarAsTheyGo() {
    answers =
        List.of(
            welcome(),
            IngestResponse.getDefaultInstance(),
            ack(
                io.sysmonstm.transport.grpc.v1.Ack.newBuilder()
                    .setDurabilityValue(77)
                    .addRanges(SeqRange.newBuilder().setFirst(1).setLast(2))
                    .addRejected(
                        io.sysmonstm.transport.grpc.v1.Rejection.newBuilder()
                            .setReason("NEW_REASON")
                            .setCount(1))
                    .addRejected(
                        io.sysmonstm.transport.grpc.v1.Rejection.newBuilder()
                            .setReason("TOO_OLD")
                            .setMetric("cpu_percent")
                            .setSeq(2)
                            .setCount(3))));
    var listener = open();
    assertThat(listener.awaitEnd()).isEmpty();
    assertThat(listener.awaitAcks(1))
        .containsExactly(
            new Ack(
                new UUID(1, 2),
                List.of(new io.sysmonstm.api.SeqRange(1, 2)),
                Ack.Durability.VOLATILE,
                List.of(new Rejection(2, "cpu_percent", Rejection.Reason.TOO_OLD, 3)),
                Duration.ZERO));
  }

  @Test
  void malformedAnswersEndTheStream() {
    ends = false;
    for (var wrong :
        List.of(
            List.of(welcome(), welcome()),
            List.of(ack(io.sysmonstm.transport.grpc.v1.Ack.newBuilder())),
            List.of(
                welcome(),
                ack(
                    io.sysmonstm.transport.grpc.v1.Ack.newBuilder()
                        .setDurability(Durability.DURABLE)
                        .addRanges(SeqRange.newBuilder().setFirst(5).setLast(4)))))) {
      answers = wrong;
      var listener = open();
      assertThat(listener.awaitEnd()).contains(ErrorCode.INTERNAL);
      assertThat(listener.cause().orElseThrow()).hasMessageContaining("malformed");
    }
  }

  @Test
  void senderConnectsAtOnceWhenTheServerIsBack() {
    var ingest = new RecordingIngest();
    var current = new io.sysmonstm.testkit.FixedCurrentStore();
    var first = GrpcIngestServer.builder("127.0.0.1:0").build();
    int port = first.start(ingest, current).getPort();
    try (var back = GrpcMetricSender.builder("127.0.0.1:" + port).build()) {
      var before = new RecordingListener();
      back.open(hello("m1"), before);
      before.awaitWelcome();
      first.close();
      assertThat(before.awaitEnd()).contains(ErrorCode.UNAVAILABLE);
      for (int attempt = 0; attempt < 5; attempt++) {
        var down = new RecordingListener();
        back.open(hello("m1"), down);
        assertThat(down.awaitEnd()).contains(ErrorCode.UNAVAILABLE);
      }
      Eventually.until("the channel knows of it", back::isBackingOff);
      try (var second = GrpcIngestServer.builder("127.0.0.1:" + port).build()) {
        second.start(ingest, current);
        var after = new RecordingListener();
        back.open(hello("m1"), after);
        Eventually.until("an answer", () -> after.welcomes() + after.ends() > 0);
        assertThat(after.ends()).as("the first attempt after the server is back").isZero();
      }
    }
  }
}
