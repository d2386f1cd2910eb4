package io.sysmonstm.transport.grpc;

import static io.sysmonstm.transport.grpc.Outsider.batch;
import static io.sysmonstm.transport.grpc.Outsider.declaration;
import static io.sysmonstm.transport.grpc.Outsider.hello;
import static io.sysmonstm.transport.grpc.Outsider.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.transport.grpc.v1.Batch;
import io.sysmonstm.transport.grpc.v1.Durability;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.Process;
import io.sysmonstm.transport.grpc.v1.Resource;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IngestProtocolTest {
  private final Outsider outsider = new Outsider();

  @AfterEach
  void close() {
    outsider.close();
  }

  private void assertRefused(IngestRequest wrong, String... said) {
    var bystander = outsider.welcomed("bystander");
    var stream = outsider.welcomed("m1");
    stream.send(wrong);
    assertInvalid(stream.awaitEnd(), said);
    bystander.send(request(batch(1)));
    bystander.awaitAnswers(2);
    assertThat(outsider.ingest.session("m1").batches()).isEmpty();
    Eventually.until("a closed session", outsider.ingest.session("m1")::closed);
  }

  private static void assertInvalid(Status status, String... said) {
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains(said);
  }

  @Test
  void batchBeforeTheHelloIsRefused() {
    var stream = outsider.ingestStream();
    stream.send(request(batch(1)));
    assertInvalid(stream.awaitEnd(), "before the Hello");
    assertThat(outsider.ingest.hellos()).isEmpty();
  }

  @Test
  void secondHelloIsRefused() {
    assertRefused(request(hello("m1")), "second Hello");
  }

  @Test
  void helloWithShortEpochIsRefused() {
    var stream = outsider.ingestStream();
    stream.send(request(hello("m1").setEpoch(ByteString.copyFrom(new byte[15]))));
    assertInvalid(stream.awaitEnd(), "epoch of 15 bytes", "expected 16");
  }

  @Test
  void helloWithBadMachineIdIsRefused() {
    var stream = outsider.ingestStream();
    stream.send(request(hello("a b\n")));
    assertInvalid(stream.awaitEnd(), "'a b?'");
  }

  @Test
  void batchWithDifferentCountsIsRefused() {
    assertRefused(request(batch(1).addValue(1)), "1 series_delta", "2 value");
  }

  @Test
  void batchWithShortEpochIsRefused() {
    assertRefused(request(batch(1).setEpoch(ByteString.copyFromUtf8("x"))), "epoch of 1 bytes");
  }

  @Test
  void batchWithoutSeqIsRefused() {
    assertRefused(request(batch(0)), "seq 0");
    var stream = outsider.welcomed("m2");
    stream.send(request(batch(-1)));
    assertInvalid(stream.awaitEnd(), "seq 18446744073709551615");
  }

  @Test
  void batchOverTheLimitOfTheWelcomeIsRefused() {
    var large = batch(1);
    for (int i = 0; i < RecordingIngest.MAX_BATCH_SAMPLES; i++) {
      large.addSeriesDelta(0).addValue(1);
    }
    assertRefused(request(large), "5001 samples", "at most 5000");
  }

  @Test
  void undeclaredSeriesIsRefusedAloneAndTheStreamLives() {
    var stream = outsider.welcomed("m1");
    stream.send(
        request(
            Batch.newBuilder()
                .setSeq(1)
                .addDeclare(declaration(3, "memory_percent"))
                .addSeriesDelta(7)
                .addValue(1)
                .addSeriesDelta(-4)
                .addValue(50)
                .addSeriesDelta(-1)
                .addValue(2)));
    var ack = stream.awaitAnswers(2).get(1).getAck();
    assertThat(ack.getRejectedList())
        .singleElement()
        .satisfies(
            rejection -> {
              assertThat(rejection.getReason()).isEqualTo("UNKNOWN_SERIES");
              assertThat(rejection.getCount()).isEqualTo(2);
              assertThat(rejection.getSeq()).isEqualTo(1);
            });
    var received = outsider.ingest.session("m1").batches().getFirst();
    assertThat(received.size()).isEqualTo(1);
    assertThat(received.series(0).metric().name()).isEqualTo("memory_percent");
    assertThat(received.value(0)).isEqualTo(50);
  }

  @Test
  void refusedDeclarationIsRememberedAndTold() {
    var stream = outsider.welcomed("m1");
    var bad =
        batch(1)
            .addDeclare(declaration(1, "Not A Name\u0000"))
            .addDeclare(declaration(2, "app_ok").toBuilder().putLabels("l", "x\n"))
            .addSeriesDelta(1)
            .addValue(1)
            .addSeriesDelta(1)
            .addValue(2);
    stream.send(request(bad));
    stream.send(request(Batch.newBuilder().setSeq(2).addSeriesDelta(2).addValue(3)));
    var session = outsider.ingest.session("m1");
    assertThat(session.awaitBatches(2).getFirst().size()).isEqualTo(1);
    assertThat(session.declarations()).isEqualTo(3);
    assertThat(session.rejected())
        .containsExactlyInAnyOrder(
            new Rejection(1, "Not A Name?", Rejection.Reason.BAD_NAME, 1),
            new Rejection(1, "app_ok", Rejection.Reason.BAD_LABEL, 1),
            new Rejection(2, "app_ok", Rejection.Reason.BAD_LABEL, 1));
  }

  @Test
  void idsMayBeAnyNumber() {
    var stream = outsider.welcomed("m1");
    stream.send(
        request(
            Batch.newBuilder()
                .setSeq(1)
                .addDeclare(declaration(-1, "memory_percent"))
                .addDeclare(declaration(1_000_000, "cpu_percent"))
                .addDeclare(declaration(5_000, "load_avg_1m"))
                .addSeriesDelta(-1)
                .addValue(1)
                .addSeriesDelta(1_000_001)
                .addValue(2)
                .addSeriesDelta(-995_000)
                .addValue(3)));
    var batch = outsider.ingest.session("m1").awaitBatches(1).getFirst();
    assertThat(batch.size()).isEqualTo(3);
    assertThat(batch.series(0).metric().name()).isEqualTo("memory_percent");
    assertThat(batch.series(1).metric().name()).isEqualTo("cpu_percent");
    assertThat(batch.series(2).metric().name()).isEqualTo("load_avg_1m");
  }

  @Test
  void notFiniteAndOutOfRangeAreLeftToTheAggregator() {
    var stream = outsider.welcomed("m1");
    stream.send(request(batch(1).addSeriesDelta(0).addValue(Double.NaN)));
    var ack = stream.awaitAnswers(2).get(1).getAck();
    assertThat(outsider.ingest.session("m1").batches().getFirst().size()).isEqualTo(2);
    assertThat(ack.getRejected(0).getReason()).isEqualTo("NOT_FINITE");
    assertThat(ack.getDurability()).isEqualTo(Durability.DURABLE);
    assertThat(ack.getEpoch().isEmpty()).isTrue();
  }

  @Test
  void hostileTextsAreCutToWhatCanBeShown() {
    var stream = outsider.ingestStream();
    var resource =
        Resource.newBuilder()
            .setHostname("a\nb\u0000")
            .setOs("x".repeat(100_000))
            .setMemoryBytes(-1)
            .setLogicalCpus(-1);
    for (int i = 0; i < 1_000; i++) {
      resource.putTags("tag" + i, "v");
    }
    stream.send(request(hello("m1").setResource(resource)));
    stream.awaitAnswers(1);
    stream.send(
        request(
            batch(1)
                .addTopProcesses(Process.newBuilder().setName("p\r").setCpuPercent(1))
                .addTopProcesses(Process.newBuilder().setName("q").setCpuPercent(Double.NaN))));
    var received = outsider.ingest.hellos().getFirst().resource();
    assertThat(received.hostname()).isEqualTo("a?b?");
    assertThat(received.os()).hasSize(256);
    assertThat(received.memoryBytes()).isEqualTo(Long.MAX_VALUE);
    assertThat(received.logicalCpus()).isZero();
    assertThat(received.bootTime()).isEmpty();
    assertThat(received.tags()).hasSize(64);
    assertThat(outsider.ingest.hellos().getFirst().interval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(outsider.ingest.session("m1").awaitBatches(1).getFirst().topProcesses())
        .singleElement()
        .satisfies(process -> assertThat(process.name()).isEqualTo("p?"));
  }

  @Test
  void whatIsNotKnownIsIgnored() {
    var stream = outsider.welcomed("m1");
    stream.send(IngestRequest.getDefaultInstance());
    stream.send(request(batch(1)));
    stream.awaitAnswers(2);
    assertThat(stream.ended()).isFalse();
  }

  @Test
  void olderInstanceEndsWithAbortedWithoutSendingAnything() {
    var stream = outsider.welcomed("m1");
    outsider
        .ingest
        .session("m1")
        .end(new RequestException(ErrorCode.FAILED_PRECONDITION, "a newer instance of m1"));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(stream.awaitEnd().getDescription()).contains("newer instance of m1");
  }

  @Test
  void streamThatWasReplacedEndsWithUnavailable() {
    var stream = outsider.welcomed("m1");
    outsider
        .ingest
        .session("m1")
        .end(new RequestException(ErrorCode.UNAVAILABLE, "m1 has connected again"));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void olderInstanceEndsWithAborted() {
    var stream = outsider.welcomed("m1");
    outsider.ingest.session("m1").fence();
    stream.send(request(batch(1)));
    var status = stream.awaitEnd();
    assertThat(status.getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(status.getDescription()).contains("newer instance of m1");
  }
}
