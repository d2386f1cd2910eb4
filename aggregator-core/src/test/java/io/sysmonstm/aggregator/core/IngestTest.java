package io.sysmonstm.aggregator.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.IngestSession.Accepted;
import io.sysmonstm.spi.IngestSession.Refused;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.spi.Rejection.Reason;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IngestTest {
  private final Rig rig = new Rig();
  private final FakeReply reply = new FakeReply();

  @AfterEach
  void close() {
    rig.close();
    assertThat(reply.overlapped).isFalse();
  }

  @Test
  void aBatchIsShownAtOnceWrittenAndThenAcknowledged() {
    var session = rig.open("web-1", reply);
    var batch = rig.batch("web-1", 1).build();
    assertThat(Rig.offer(session, batch)).isTrue();
    rig.awaitShown(1);
    var event = rig.current.updates.element();
    assertThat(event.batch()).isSameAs(batch);
    assertThat(event.resource().hostname()).isEqualTo("host-web-1");
    assertThat(event.interval()).isEqualTo(Duration.ofSeconds(7));
    assertThat(event.receivedAt()).isBetween(Instant.now().minusSeconds(20), Instant.now());
    Eventually.until("durable", () -> reply.durable().equals(List.of(1L)));
    assertThat(rig.history.samples()).isEqualTo(2);
    assertThat(reply.rejections()).isEmpty();
    assertThat(reply.toldVolatile()).isEmpty();
  }

  @Test
  void eventsGoOutBeforeHistoryHasCommitted() {
    rig.history.down = true;
    var session = rig.open("web-1", reply);
    Rig.offer(session, rig.batch("web-1", 1).build());
    rig.awaitShown(1);
    assertThat(rig.current.published).extracting(MetricsEvent::machineId).containsExactly("web-1");
    assertThat(reply.durable()).isEmpty();
  }

  @Test
  void aReplayGoesToHistoryOnly() {
    var session = rig.open("web-1", reply);
    Rig.offer(session, rig.batch("web-1", 1).replay().build());
    Eventually.until("durable", () -> reply.durable().equals(List.of(1L)));
    assertThat(rig.current.updates).isEmpty();
    assertThat(rig.current.published).isEmpty();
  }

  @Test
  void samplesThatTheirSeriesDoNotAcceptAreRefusedOneByOne() {
    var session = rig.open("web-1", reply);
    var batch =
        rig.batch("web-1", 3)
            .sample("memory_percent", Double.NaN)
            .sample("swap_percent", 300)
            .sample("cpu_percent_per_core", Labels.of("core", "0"), Double.POSITIVE_INFINITY)
            .sample("cpu_percent_per_core", Labels.of("core", "1"), Double.NEGATIVE_INFINITY)
            .build();
    session.offer(batch, List.of(new Rejection(3, "what", Reason.UNKNOWN_SERIES, 4)));
    Eventually.until("durable", () -> reply.durable().equals(List.of(3L)));
    assertThat(rig.history.samples()).isEqualTo(2);
    rig.awaitShown(1);
    assertThat(rig.current.updates.element().batch().size()).isEqualTo(2);
    assertThat(reply.rejections())
        .containsExactlyInAnyOrder(
            new Rejection(3, "what", Reason.UNKNOWN_SERIES, 4),
            new Rejection(3, "memory_percent", Reason.NOT_FINITE, 1),
            new Rejection(3, "swap_percent", Reason.OUT_OF_RANGE, 1),
            new Rejection(3, "cpu_percent_per_core", Reason.NOT_FINITE, 2));
    assertThat(rig.reading("aggregator_rejected_samples_total", "reason", "NOT_FINITE"))
        .isEqualTo(3);
    assertThat(rig.reading("aggregator_rejected_samples_total", "reason", "UNKNOWN_SERIES"))
        .isEqualTo(4);
  }

  @Test
  void aBatchOfAnImpossibleTimeIsRefusedButItsNumberIsCommitted() {
    var session = rig.open("web-1", reply);
    Rig.offer(session, at(1, Instant.now().plus(Duration.ofMinutes(11))));
    Rig.offer(session, at(2, Instant.now().minus(Duration.ofHours(49))));
    Rig.offer(session, at(3, Instant.EPOCH));
    Rig.offer(session, at(4, Instant.ofEpochMilli(Long.MAX_VALUE)));
    Rig.offer(session, at(5, Instant.ofEpochMilli(Long.MIN_VALUE)));
    Rig.offer(session, at(6, Instant.now().plus(Duration.ofMinutes(9))));
    Rig.offer(session, at(7, Instant.now().minus(Duration.ofHours(47))));
    Eventually.until("durable", () -> reply.durable().size() == 7);
    assertThat(rig.history.samples()).isEqualTo(2);
    assertThat(
            rig.history
                .committed("web-1")
                .getOrDefault(BatchBuilder.EPOCH, new SeqRanges())
                .ranges())
        .containsExactly(new SeqRange(1, 7));
    assertThat(rig.history.all())
        .allSatisfy(
            batch ->
                assertThat(batch.observedAt())
                    .isBetween(
                        Instant.now().minus(Duration.ofDays(2)),
                        Instant.now().plus(Duration.ofMinutes(10))));
    assertThat(reply.rejections())
        .extracting(Rejection::reason)
        .containsExactly(
            Reason.FUTURE, Reason.TOO_OLD, Reason.TOO_OLD, Reason.FUTURE, Reason.TOO_OLD);
    // The machine is there, whatever its clock says.
    rig.awaitShown(7);
  }

  private Batch at(long seq, Instant time) {
    return new BatchBuilder(rig.series, "web-1", seq, time).sample("cpu_percent", 1).build();
  }

  @Test
  void aSeriesIsRefusedForItsNameItsLabelsOrItsNumber() {
    var session = rig.open("web-1", reply);
    assertThat(session.declare("cpu_percent", Labels.empty())).isInstanceOf(Accepted.class);
    assertThat(session.declare("CPU", Labels.empty())).isEqualTo(new Refused(Reason.BAD_NAME));
    assertThat(session.declare("cpu_percent", Labels.of("core", "a\u0000b")))
        .isEqualTo(new Refused(Reason.BAD_LABEL));
    for (int i = 0; i < 19; i++) {
      assertThat(session.declare("queue_length", Labels.of("queue", "q" + i)))
          .isInstanceOf(Accepted.class);
    }
    assertThat(session.declare("queue_length", Labels.of("queue", "one more")))
        .isEqualTo(new Refused(Reason.TOO_MANY_SERIES));
    assertThat(session.declare("cpu_percent", Labels.empty())).isInstanceOf(Accepted.class);
    assertThat(rig.reading("aggregator_refused_series_total", "reason", "TOO_MANY_SERIES"))
        .isEqualTo(1);
  }

  @Test
  void theWelcomeTellsWhatHistoryHasAndTheBounds() {
    rig.history.append(List.of(rig.batch("web-1", 4).build(), rig.batch("web-1", 5).build()));
    var welcome = rig.open("web-1", reply).welcome();
    assertThat(welcome.committed()).containsOnlyKeys(BatchBuilder.EPOCH);
    assertThat(welcome.committed().getOrDefault(BatchBuilder.EPOCH, new SeqRanges()).ranges())
        .containsExactly(new SeqRange(4, 5));
    assertThat(welcome.maxBatchSamples()).isEqualTo(5000);
    assertThat(welcome.maxSeries()).isEqualTo(20);
    rig.history.down = true;
    assertThat(rig.open("web-2", new FakeReply()).welcome().committed()).isEqualTo(Map.of());
    assertThat(rig.reading("aggregator_committed_unknown_total")).isEqualTo(1);
  }

  @Test
  void aMachineIdThatIsNotValidIsRefused() {
    assertThatThrownBy(() -> rig.open("no spaces", reply))
        .isInstanceOf(RequestException.class)
        .extracting(e -> ((RequestException) e).code())
        .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    var session = rig.open("web-1", reply);
    assertThatThrownBy(() -> Rig.offer(session, rig.batch("web-2", 1).build()))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("web-2");
  }

  @Test
  void unnumberedStreamsOfAMachineShareOneNumbering() {
    var resource = Resource.builder("old").build();
    var first = rig.aggregator.openUnnumbered("seed-1", resource, reply);
    assertThat(first.nextSeq()).isEqualTo(1);
    assertThat(first.nextSeq()).isEqualTo(2);
    first.close();
    var second = rig.aggregator.openUnnumbered("seed-1", resource, reply);
    assertThat(second.epoch()).isEqualTo(first.epoch());
    assertThat(second.nextSeq()).isEqualTo(3);
    Rig.offer(second, rig.batch("seed-1", 3).epoch(second.epoch()).build());
    second.flush();
    Eventually.until("durable", () -> reply.durable().equals(List.of(3L)));
    assertThat(reply.acks.element().epoch()).isEqualTo(second.epoch());
    rig.awaitShown(1);
    assertThat(rig.current.updates.element().interval()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void acknowledgementsOfOneWriteAreOneRangePerStream() {
    try (var slow = new Rig(builder -> builder.batchMaxAge(Duration.ofSeconds(30)))) {
      afterAQuietTimeTheFirstBatchIsWrittenAtOnce(slow);
      var session = slow.open("web-1", reply);
      for (int seq = 1; seq <= 10; seq++) {
        Rig.offer(session, slow.batch("web-1", seq).build());
      }
      assertThat(slow.history.batches()).isEqualTo(1);
      session.flush();
      Eventually.until("durable", () -> reply.durable().size() == 10);
      assertThat(reply.acks.stream().filter(ack -> !ack.ranges().isEmpty())).hasSize(1);
      assertThat(slow.history.appends()).containsExactly(1, 10);
    }
  }

  private static void afterAQuietTimeTheFirstBatchIsWrittenAtOnce(Rig slow) {
    Rig.offer(slow.open("first", new FakeReply()), slow.batch("first", 1).build());
    Eventually.until("the first batch is written", () -> slow.history.batches() == 1);
  }

  @Test
  void whatCollectorsLostIsCountedOnce() {
    rig.aggregator.open(Rig.hello("web-1", 40), reply).close();
    rig.aggregator.open(Rig.hello("web-1", 55), reply).close();
    rig.aggregator.open(Rig.hello("web-1", 55), reply).close();
    assertThat(rig.reading("aggregator_spool_dropped_samples_total")).isEqualTo(55);
  }
}
