package io.sysmonstm.aggregator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Ack.Durability;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.testkit.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HistoryFailureTest {
  private static final Duration SOON = Duration.ofMillis(60);

  private final FakeReply reply = new FakeReply();

  private static List<Long> seqs(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  private static void offer(Rig rig, IngestSession session, long from, long to) {
    for (long seq = from; seq <= to; seq++) {
      Rig.offer(session, rig.batch("web-1", seq).build());
    }
  }

  @Test
  void sendersAreToldToKeepTheirCopiesAndLaterThatTheyNeedNot() {
    try (var rig = new Rig(builder -> builder.volatileAfter(SOON))) {
      rig.history.down = true;
      var session = rig.open("web-1", reply);
      offer(rig, session, 1, 5);
      Eventually.until("volatile", () -> reply.toldVolatile().equals(seqs(1, 5)));
      assertThat(reply.durable()).isEmpty();
      rig.awaitShown(5);
      var readiness = rig.aggregator.readiness();
      assertThat(readiness.ready()).isTrue();
      assertThat(readiness.degraded()).isTrue();
      assertThat(rig.health("history").problem()).contains("history is down on purpose");
      rig.history.down = false;
      Eventually.until("durable", () -> reply.durable().equals(seqs(1, 5)));
      assertThat(rig.history.batches()).isEqualTo(5);
      assertThat(rig.aggregator.readiness().degraded()).isFalse();
      assertThat(rig.reading("aggregator_in_flight_bytes")).isZero();
      assertThat(rig.reading("aggregator_degraded_milliseconds_total", "part", "history"))
          .isPositive();
    }
  }

  @Test
  void aFailingHistoryIsTriedNoMoreOftenThanAsked() {
    try (var rig =
        new Rig(
            builder ->
                builder
                    .volatileAfter(SOON)
                    .retryEvery(Duration.ofSeconds(30))
                    .closeGrace(Duration.ofMillis(1)))) {
      rig.history.down = true;
      var session = rig.open("web-1", reply);
      for (int seq = 1; seq <= 200; seq++) {
        Rig.offer(session, rig.batch("web-1", seq).build());
        session.flush();
      }
      Eventually.until("volatile", () -> reply.toldVolatile().size() == 200);
      assertThat(rig.history.attempts).hasValue(1);
    }
  }

  @Test
  void aHistoryThatHangsIsAsGoodAsAway() {
    try (var rig = new Rig(builder -> builder.volatileAfter(SOON))) {
      var gate = new CountDownLatch(1);
      rig.history.hang = gate;
      var session = rig.open("web-1", reply);
      offer(rig, session, 1, 3);
      Eventually.until("volatile", () -> reply.toldVolatile().equals(seqs(1, 3)));
      Eventually.until("visible", () -> !rig.health("history").isOk());
      rig.history.hang = null;
      gate.countDown();
      Eventually.until("durable", () -> reply.durable().equals(seqs(1, 3)));
      Eventually.until("well", () -> rig.health("history").isOk());
    }
  }

  @Test
  void beyondTheBudgetTheOldestLeaveMemoryAndAreTakenWhenTheyComeAgain() {
    try (var rig = new Rig(builder -> builder.volatileAfter(SOON).inFlightBytes(280 * 50))) {
      rig.history.down = true;
      var session = rig.open("web-1", reply);
      offer(rig, session, 1, 200);
      assertThat(rig.reading("aggregator_in_flight_bytes")).isLessThanOrEqualTo(280 * 50);
      rig.awaitShown(200);
      Eventually.until("volatile", () -> reply.toldVolatile().equals(seqs(1, 200)));
      double dropped = rig.reading("aggregator_dropped_batches_total");
      assertThat(dropped).isGreaterThanOrEqualTo(150);
      Eventually.until("asked to send again", () -> toSendAgain() >= dropped);
      rig.history.down = false;
      Eventually.until("the rest is durable", () -> reply.durable().size() == 200 - (int) dropped);
      assertThat(reply.durable()).contains(200L).doesNotContain(1L);
      for (long seq = 1; seq <= 200; seq++) {
        Rig.offer(session, rig.batch("web-1", seq).replay().build());
        long sent = seq;
        Eventually.until("durable", () -> reply.durable().contains(sent));
      }
      assertThat(rig.history.batches()).isEqualTo(200);
      rig.awaitShown(200);
    }
  }

  private long toSendAgain() {
    return reply.acks.stream()
        .filter(ack -> ack.durability() == Durability.VOLATILE)
        .filter(ack -> ack.retryAfter().isPositive())
        .flatMap(ack -> ack.ranges().stream())
        .mapToLong(range -> range.last() - range.first() + 1)
        .sum();
  }

  @Test
  void aSlowHistoryMakesStreamsWaitInsteadOfLosingAnything() {
    try (var rig = new Rig(builder -> builder.inFlightBytes(280 * 100))) {
      var gate = new CountDownLatch(1);
      rig.history.hang = gate;
      var session = rig.open("web-1", reply);
      long seq = 1;
      while (Rig.offer(session, rig.batch("web-1", seq).build())) {
        seq++;
      }
      assertThat(seq).isBetween(40L, 76L);
      assertThat(Rig.offer(session, rig.batch("web-1", ++seq).build())).isFalse();
      assertThat(reply.resumes).hasValue(0);
      rig.history.hang = null;
      gate.countDown();
      Eventually.until("resumed", () -> reply.resumes.get() == 1);
      long last = seq;
      Eventually.until("durable", () -> reply.durable().equals(seqs(1, last)));
      assertThat(rig.reading("aggregator_dropped_batches_total")).isZero();
      assertThat(rig.reading("aggregator_pauses_total")).isEqualTo(1);
      assertThat(Rig.offer(session, rig.batch("web-1", ++seq).build())).isTrue();
    }
  }

  @Test
  void aStreamThatWaitsGoesOnWhenHistoryTurnsOutToBeAway() {
    try (var rig =
        new Rig(builder -> builder.inFlightBytes(280 * 100).volatileAfter(Duration.ofSeconds(2)))) {
      var gate = new CountDownLatch(1);
      rig.history.hang = gate;
      rig.history.down = true;
      var session = rig.open("web-1", reply);
      long seq = 1;
      while (Rig.offer(session, rig.batch("web-1", seq).build())) {
        seq++;
      }
      Eventually.until("resumed", () -> reply.resumes.get() == 1);
      assertThat(Rig.offer(session, rig.batch("web-1", ++seq).build())).isTrue();
      gate.countDown();
    }
  }

  @Test
  void oneBatchThatHistoryRefusesDoesNotStopTheOthers() {
    try (var rig = new Rig(builder -> builder.batchMaxAge(Duration.ofSeconds(30)))) {
      rig.history.refuses = batch -> batch.seq() == 37;
      var session = rig.open("web-1", reply);
      offer(rig, session, 1, 100);
      session.flush();
      Eventually.until("durable", () -> reply.durable().equals(seqs(1, 100)));
      assertThat(rig.history.samples()).isEqualTo(198);
      assertThat(rig.history.batches()).isEqualTo(100);
      assertThat(rig.reading("aggregator_refused_batches_total")).isEqualTo(1);
      assertThat(rig.history.attempts.get()).isLessThan(20);
      assertThat(rig.aggregator.readiness().degraded()).isFalse();
    }
  }

  @Test
  void aHistoryThatRefusesEverythingIsBrokenAndNothingIsGivenUp() {
    try (var rig = new Rig(builder -> builder.volatileAfter(SOON))) {
      rig.history.refuses = batch -> true;
      var session = rig.open("web-1", reply);
      offer(rig, session, 1, 10);
      Eventually.until("volatile", () -> reply.toldVolatile().equals(seqs(1, 10)));
      assertThat(reply.durable()).isEmpty();
      assertThat(rig.reading("aggregator_refused_batches_total")).isZero();
      assertThat(rig.health("history").isOk()).isFalse();
      rig.history.refuses = batch -> false;
      Eventually.until("durable", () -> reply.durable().equals(seqs(1, 10)));
      assertThat(rig.history.samples()).isEqualTo(20);
    }
  }

  @Test
  void closingWritesWhatWaits() {
    var rig = new Rig(builder -> builder.batchMaxAge(Duration.ofSeconds(30)));
    var session = rig.open("web-1", reply);
    offer(rig, session, 1, 7);
    rig.close();
    assertThat(rig.history.batches()).isEqualTo(7);
    assertThat(reply.durable()).isEqualTo(seqs(1, 7));
    assertThat(Rig.offer(session, rig.batch("web-1", 8).build())).isFalse();
    assertThat(reply.acks).extracting(Ack::durability).containsOnly(Durability.DURABLE);
    rig.close();
  }

  @Test
  void closingDoesNotWaitForAHistoryThatHangs() {
    var rig = new Rig(builder -> builder.closeGrace(Duration.ofMillis(50)));
    rig.history.hang = new CountDownLatch(1);
    var session = rig.open("web-1", reply);
    offer(rig, session, 1, 1);
    Eventually.until("hangs", () -> rig.history.attempts.get() == 1);
    rig.close();
    assertThat(rig.history.batches()).isZero();
    assertThat(reply.durable()).isEmpty();
  }
}
