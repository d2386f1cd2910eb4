package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.MetricType;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import io.sysmonstm.transport.grpc.v1.StreamAck;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamMetricsTest {
  private static final long NOW = 1_767_225_600_000L;

  private Outsider outsider = new Outsider();

  @AfterEach
  void close() {
    outsider.close();
  }

  private void useLimits(Duration answers, int mergeSamples, int machines) {
    outsider.close();
    var limits =
        new StreamLimits(
            Duration.ofSeconds(10),
            answers,
            Duration.ofMillis(200),
            mergeSamples,
            machines,
            Duration.ofDays(1));
    outsider = new Outsider(builder -> builder.limits(limits));
  }

  private Outsider.RawStream<Metric, StreamAck> stream() {
    return outsider.open(MetricsServiceGrpc.getStreamMetricsMethod());
  }

  private static Metric.Builder metric(String machineId, long millis, MetricType type) {
    return Metric.newBuilder()
        .setMachineId(machineId)
        .setHostname("host-" + machineId)
        .setTimestampMs(millis)
        .setType(type)
        .setValue(50);
  }

  private StreamAck send(Metric.Builder... metrics) {
    var stream = stream();
    for (var metric : metrics) {
      stream.send(metric.build());
    }
    stream.halfClose();
    assertThat(stream.awaitEnd().isOk()).as(stream.awaitEnd().toString()).isTrue();
    assertThat(stream.answers()).hasSize(1);
    return stream.answers().getFirst();
  }

  private static void assertAck(StreamAck ack, boolean success, long received, long rejected) {
    assertThat(ack.getSuccess()).as(ack.toString()).isEqualTo(success);
    assertThat(ack.getMetricsReceived()).as(ack.toString()).isEqualTo(received);
    assertThat(ack.getMetricsRejected()).as(ack.toString()).isEqualTo(rejected);
  }

  @Test
  void metricsOfOneTimeAreMergedIntoOneBatch() {
    var ack =
        send(
            metric("m1", NOW, MetricType.CPU_PERCENT),
            metric("m2", NOW, MetricType.CPU_PERCENT),
            metric("m1", NOW, MetricType.DISK_PERCENT).putLabels("mount", "/"),
            metric("m1", NOW, MetricType.DISK_PERCENT).putLabels("mount", "/home"),
            metric("m1", NOW + 5_000, MetricType.CPU_PERCENT),
            metric("m1", NOW + 5_000, MetricType.DISK_PERCENT).putLabels("mount", "/"));
    assertAck(ack, true, 6, 0);
    assertThat(ack.getMessage()).isEmpty();
    var session = outsider.ingest.session("m1");
    assertThat(session.resource().hostname()).isEqualTo("host-m1");
    assertThat(session.declarations()).isEqualTo(3);
    assertThat(session.flushes()).isEqualTo(1);
    var batches = session.batches();
    assertThat(batches).extracting(batch -> batch.size()).containsExactly(3, 2);
    assertThat(batches).extracting(batch -> batch.seq()).containsExactly(1L, 2L);
    assertThat(batches.get(1).observedAtMillis()).isEqualTo(NOW + 5_000);
    assertThat(batches.get(0).series(2)).hasToString("m1:disk_percent{mount=\"/home\"}");
    assertThat(batches.get(1).series(1)).isSameAs(batches.get(0).series(1));
    assertThat(outsider.ingest.session("m2").batches()).hasSize(1);
    Eventually.until("a closed session", session::closed);
  }

  @Test
  void streamWithoutMetricsSucceeds() {
    assertAck(send(), true, 0, 0);
  }

  @Test
  void batchIsFlushedBySize() {
    useLimits(Duration.ofSeconds(30), 3, 10);
    var metrics = new Metric.Builder[7];
    for (int i = 0; i < metrics.length; i++) {
      metrics[i] =
          metric("m1", NOW, MetricType.CPU_PERCENT_PER_CORE).putLabels("core", Integer.toString(i));
    }
    assertAck(send(metrics), true, 7, 0);
    assertThat(outsider.ingest.session("m1").batches())
        .extracting(batch -> batch.size())
        .containsExactly(3, 3, 1);
  }

  @Test
  void batchIsFlushedByAgeWhileTheStreamGoesOn() {
    var stream = stream();
    stream.send(metric("m1", NOW, MetricType.CPU_PERCENT).build());
    stream.send(metric("m1", NOW, MetricType.MEMORY_PERCENT).build());
    var session = outsider.ingest.session("m1");
    assertThat(session.awaitBatches(1).getFirst().size()).isEqualTo(2);
    stream.send(metric("m1", NOW + 1, MetricType.CPU_PERCENT).build());
    session.awaitBatches(2);
    assertThat(stream.ended()).isFalse();
  }

  @Test
  void badMetricsAreRefusedOneByOne() {
    var ack =
        send(
            metric("m1", NOW, MetricType.CPU_PERCENT),
            metric("m1", NOW, MetricType.CPU_PERCENT).setTypeValue(99),
            metric("m1", NOW, MetricType.METRIC_TYPE_UNSPECIFIED),
            metric("m1", NOW, MetricType.CPU_PERCENT).setTypeValue(-5),
            metric("m1", NOW, MetricType.CPU_PERCENT).setValue(Double.NaN),
            metric("m1", NOW, MetricType.LOAD_AVG_1M).setValue(Double.POSITIVE_INFINITY),
            metric("m1", NOW, MetricType.CPU_PERCENT).setValue(300),
            metric("m1", NOW, MetricType.MEMORY_USED_BYTES).setValue(-5),
            metric("m1", NOW, MetricType.DISK_PERCENT).putLabels("mount", "a\u0000b"),
            metric("m1", NOW, MetricType.DISK_PERCENT).putLabels("mount", "x".repeat(100_000)),
            metric("m1", 0, MetricType.CPU_PERCENT),
            metric("m1", Long.MAX_VALUE, MetricType.CPU_PERCENT),
            metric("not valid!", NOW, MetricType.CPU_PERCENT),
            metric("", NOW, MetricType.CPU_PERCENT),
            Metric.newBuilder(),
            metric("m1", NOW, MetricType.MEMORY_PERCENT));
    assertAck(ack, true, 16, 14);
    assertThat(ack.getMessage())
        .contains("3 BAD_NAME (type 99 of m1)")
        .contains("2 NOT_FINITE (type CPU_PERCENT of m1)")
        .contains("2 OUT_OF_RANGE")
        .contains("2 BAD_LABEL")
        .contains("1 TOO_OLD")
        .contains("1 FUTURE")
        .contains("3 BAD_MACHINE_ID ('not valid!')");
    assertThat(outsider.ingest.sessions()).hasSize(1);
    assertThat(outsider.ingest.session("m1").batches())
        .singleElement()
        .satisfies(batch -> assertThat(batch.size()).isEqualTo(2));
  }

  @Test
  void refusalsOfTheAggregatorAreCountedToo() {
    outsider.ingest.setAcking(RecordingIngest.Acking.BY_TEST);
    var stream = stream();
    stream.send(metric("m1", NOW, MetricType.CPU_PERCENT).build());
    stream.send(metric("m1", NOW, MetricType.CPU_PERCENT).setValue(101).build());
    stream.halfClose();
    var session = outsider.ingest.session("m1");
    session.awaitBatches(1);
    session.acknowledge(
        Ack.Durability.DURABLE, 1, new Rejection(1, "cpu_percent", Rejection.Reason.FUTURE, 1));
    assertThat(stream.awaitEnd().isOk()).isTrue();
    var ack = stream.answers().getFirst();
    assertAck(ack, true, 2, 2);
    assertThat(ack.getMessage()).contains("1 FUTURE (cpu_percent of m1)", "1 OUT_OF_RANGE");
  }

  @Test
  void answerWaitsForEveryMachineToBeCommitted() {
    outsider.ingest.setAcking(RecordingIngest.Acking.BY_TEST);
    var stream = stream();
    stream.send(metric("m1", NOW, MetricType.CPU_PERCENT).build());
    stream.send(metric("m2", NOW, MetricType.CPU_PERCENT).build());
    stream.halfClose();
    outsider.ingest.session("m2").awaitBatches(1);
    outsider.ingest.session("m1").awaitBatches(1);
    outsider.ingest.session("m1").acknowledge(Ack.Durability.DURABLE, 1);
    outsider.ingest.session("m1").acknowledge(Ack.Durability.DURABLE, 1);
    assertThat(stream.ended()).isFalse();
    outsider.ingest.session("m2").acknowledge(Ack.Durability.DURABLE, 1);
    assertThat(stream.awaitEnd().isOk()).isTrue();
    assertAck(stream.answers().getFirst(), true, 2, 0);
  }

  @Test
  void whatWasNotCommittedIsAnErrorThatCanBeTriedAgain() {
    outsider.ingest.setAcking(RecordingIngest.Acking.VOLATILE);
    var stream = stream();
    stream.send(metric("m1", NOW, MetricType.CPU_PERCENT).build());
    stream.send(metric("m1", NOW, MetricType.MEMORY_PERCENT).setValue(101).build());
    stream.halfClose();
    var end = stream.awaitEnd();
    assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(end.getDescription())
        .contains(
            "1 batches were not committed because history is unavailable",
            "2 metrics were received",
            "1 OUT_OF_RANGE");
    assertThat(stream.answers()).isEmpty();
  }

  @Test
  void anOverloadedServerSaysWhenToTryAgain() {
    outsider.ingest.setAcking(RecordingIngest.Acking.BY_TEST);
    var stream = stream();
    stream.send(metric("m1", NOW, MetricType.CPU_PERCENT).build());
    stream.halfClose();
    var session = outsider.ingest.session("m1");
    session.awaitBatches(1);
    session.acknowledge(
        new Ack(
            session.epoch(),
            List.of(new SeqRange(1, 1)),
            Ack.Durability.VOLATILE,
            List.of(),
            Duration.ofSeconds(15)));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(stream.trailers().get(Overload.RETRY_AFTER)).isEqualTo("15000");
  }

  @Test
  void missingAcknowledgementIsNoSuccess() {
    useLimits(Duration.ofMillis(50), 500, 10);
    outsider.ingest.setAcking(RecordingIngest.Acking.BY_TEST);
    var stream = stream();
    stream.send(metric("m1", NOW, MetricType.CPU_PERCENT).build());
    stream.halfClose();
    var end = stream.awaitEnd();
    assertThat(end.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(end.getDescription()).contains("1 batches were not acknowledged");
  }

  @Test
  void machinesBeyondTheLimitAreRefused() {
    useLimits(Duration.ofSeconds(30), 500, 2);
    var ack =
        send(
            metric("m1", NOW, MetricType.CPU_PERCENT),
            metric("m2", NOW, MetricType.CPU_PERCENT),
            metric("m3", NOW, MetricType.CPU_PERCENT),
            metric("m1", NOW, MetricType.MEMORY_PERCENT));
    assertAck(ack, true, 4, 1);
    assertThat(ack.getMessage()).contains("1 TOO_MANY_MACHINES (m3; expected at most 2");
    assertThat(outsider.ingest.sessions()).hasSize(2);
  }

  @Test
  void refusedMachineLetsOthersGoOn() {
    var stream = stream();
    stream.send(metric("m1", NOW, MetricType.CPU_PERCENT).build());
    outsider.ingest.session("m1");
    outsider.ingest.refuse(ErrorCode.PERMISSION_DENIED);
    stream.send(metric("m2", NOW, MetricType.CPU_PERCENT).build());
    stream.send(metric("m2", NOW, MetricType.MEMORY_PERCENT).build());
    stream.send(metric("m1", NOW + 1, MetricType.CPU_PERCENT).build());
    stream.halfClose();
    assertThat(stream.awaitEnd().isOk()).isTrue();
    assertAck(stream.answers().getFirst(), true, 4, 2);
    assertThat(stream.answers().getFirst().getMessage()).contains("2 MACHINE_PERMISSION_DENIED");
    assertThat(outsider.ingest.session("m1").batches()).hasSize(2);
  }

  @Test
  void faultOfTheAggregatorEndsTheStreamWithItsCode() {
    outsider.ingest.refuse(ErrorCode.UNAVAILABLE);
    var stream = stream();
    stream.send(metric("m1", NOW, MetricType.CPU_PERCENT).build());
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void garbageEndsTheStreamWithInvalidArgument() {
    var stream = outsider.open(Outsider.ofBytes(MetricsServiceGrpc.getStreamMetricsMethod()));
    stream.send("no protobuf either".getBytes(StandardCharsets.US_ASCII));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void serverReadsNoFurtherThanTheAggregatorTakes() {
    outsider.ingest.setAccepting(false);
    var stream = stream();
    for (int i = 0; i < 100; i++) {
      stream.send(metric("m1", NOW + i, MetricType.CPU_PERCENT).build());
    }
    stream.halfClose();
    var session = outsider.ingest.session("m1");
    session.awaitBatches(1);
    assertThat(session.batches().size()).isLessThan(3);
    assertThat(stream.ended()).isFalse();
    outsider.ingest.setAccepting(true);
    assertThat(stream.awaitEnd().isOk()).isTrue();
    assertAck(stream.answers().getFirst(), true, 100, 0);
    assertThat(session.batches()).hasSize(100);
    assertThat(session.violations()).isZero();
  }

  @Test
  void whatAClientSentBeforeItWentIsKept() {
    var stream = stream();
    stream.send(metric("m1", NOW, MetricType.CPU_PERCENT).build());
    var session = outsider.ingest.session("m1");
    stream.cancel();
    assertThat(session.awaitBatches(1).getFirst().size()).isEqualTo(1);
    Eventually.until("a closed session", session::closed);
    assertThat(session.violations()).isZero();
  }

  @Test
  void stopEndsTheStreamAfterTheGrace() {
    var stream = stream();
    stream.send(metric("m1", NOW, MetricType.CPU_PERCENT).build());
    var session = outsider.ingest.session("m1");
    outsider.server.stop(Duration.ofMillis(100));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    Eventually.until("a closed session", session::closed);
  }
}
