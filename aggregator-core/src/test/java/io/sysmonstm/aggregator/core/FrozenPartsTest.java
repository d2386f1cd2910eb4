package io.sysmonstm.aggregator.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Parts that hang, although none may: the others must not feel it. */
class FrozenPartsTest {
  private final FakeReply reply = new FakeReply();

  private static List<Long> seqs(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  @Test
  void aFrozenStoreOfCurrentStateHoldsUpNeitherAcknowledgementsNorEvents() {
    var gate = new CountDownLatch(1);
    try (var rig = new Rig()) {
      rig.current.updateHangs = gate;
      var session = rig.open("web-1", reply);
      for (long seq = 1; seq <= 20; seq++) {
        assertThat(Rig.offer(session, rig.batch("web-1", seq).build())).isTrue();
      }
      Eventually.until("durable", () -> reply.durable().equals(seqs(1, 20)));
      Eventually.until("published", () -> rig.current.published.size() == 20);
      assertThat(rig.current.updates).isEmpty();
      rig.current.updateHangs = null;
      gate.countDown();
      rig.awaitShown(20);
    }
  }

  @Test
  void aFrozenBusHoldsUpNeitherAcknowledgementsNorCurrentState() {
    var gate = new CountDownLatch(1);
    try (var rig = new Rig()) {
      rig.current.publishHangs = gate;
      var session = rig.open("web-1", reply);
      Rig.offer(session, rig.batch("web-1", 1).build());
      Eventually.until("durable", () -> reply.durable().equals(List.of(1L)));
      Eventually.until("shown", () -> rig.current.updates.size() == 1);
      gate.countDown();
    }
  }

  @Test
  void aFrozenPartIsNamedUntilItAnswers() {
    var time = new ManualTime();
    var gate = new CountDownLatch(1);
    try (var rig = new Rig(builder -> builder.time(time).volatileAfter(Duration.ofMillis(50)))) {
      rig.current.updateHangs = gate;
      Rig.offer(rig.open("web-1", reply), rig.batch("web-1", 1).build());
      Eventually.until("waits", () -> rig.current.published.size() == 1);
      assertThat(rig.health("current_state").isOk()).isTrue();
      Eventually.until(
          "named",
          () -> {
            time.advance(Duration.ofSeconds(1));
            return rig.health("current_state").problem().orElse("").contains("no answer");
          });
      assertThat(rig.aggregator.readiness().ready()).isTrue();
      gate.countDown();
      Eventually.until("well", () -> rig.health("current_state").isOk());
    }
  }

  @Test
  void whatAFrozenPartCannotTakeIsBoundedAndTheNewestStays() {
    var gate = new CountDownLatch(1);
    try (var rig = new Rig()) {
      rig.current.updateHangs = gate;
      var session = rig.open("web-1", reply);
      long batches = LiveQueue.MAX_EVENTS + 500L;
      for (long seq = 1; seq <= batches; seq++) {
        Rig.offer(session, rig.batch("web-1", seq).build());
      }
      assertThat(rig.reading("aggregator_live_waiting_batches", "part", "current_state"))
          .isLessThanOrEqualTo(LiveQueue.MAX_EVENTS);
      assertThat(rig.reading("aggregator_live_dropped_batches_total", "part", "current_state"))
          .isBetween(400.0, 500.0);
      rig.current.updateHangs = null;
      gate.countDown();
      Eventually.until(
          "the newest is shown",
          () -> rig.current.updates.stream().anyMatch(event -> event.batch().seq() == batches));
    }
  }

  @Test
  void closingDoesNotWaitForPartsThatHang() {
    var rig = new Rig();
    rig.current.updateHangs = new CountDownLatch(1);
    rig.current.publishHangs = new CountDownLatch(1);
    Rig.offer(rig.open("web-1", reply), rig.batch("web-1", 1).build());
    Eventually.until("durable", () -> reply.durable().equals(List.of(1L)));
    long begin = System.nanoTime();
    rig.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
  }

  @Test
  void aHandshakeDoesNotWaitForAHistoryThatHangs() {
    var gate = new CountDownLatch(1);
    try (var rig = new Rig(builder -> builder.volatileAfter(Duration.ofMillis(200)))) {
      rig.history.lookupHangs = gate;
      var session = rig.open("web-1", reply);
      assertThat(session.welcome().committed()).isEmpty();
      assertThat(rig.reading("aggregator_committed_unknown_total")).isEqualTo(1);
      rig.history.hang = gate;
      Rig.offer(session, rig.batch("web-1", 1).build());
      Eventually.until("volatile", () -> reply.toldVolatile().equals(List.of(1L)));
      assertThat(rig.current.updates).hasSize(1);
      // It is known to be away now, and not even asked.
      int asked = rig.history.lookups.get();
      rig.open("web-2", new FakeReply());
      assertThat(rig.history.lookups).hasValue(asked);
      gate.countDown();
      Eventually.until("durable", () -> reply.durable().equals(List.of(1L)));
    }
  }

  @Test
  void aMachineThatFloodsMakesItsOwnRoom() {
    try (var rig =
        new Rig(builder -> builder.volatileAfter(Duration.ofMillis(60)).inFlightBytes(280 * 100))) {
      rig.history.down = true;
      var quiet = rig.open("web-1", reply);
      for (long seq = 1; seq <= 20; seq++) {
        Rig.offer(quiet, rig.batch("web-1", seq).build());
      }
      var floods = new FakeReply();
      var flooding = rig.open("web-2", floods);
      for (long seq = 1; seq <= 500; seq++) {
        Rig.offer(flooding, rig.batch("web-2", seq).build());
      }
      assertThat(rig.reading("aggregator_in_flight_bytes")).isLessThanOrEqualTo(280 * 100);
      Eventually.until("asked to send again", () -> !floods.toldVolatile().isEmpty());
      assertThat(floods.acks)
          .extracting(Ack::retryAfter)
          .filteredOn(Duration::isPositive)
          .isNotEmpty()
          .allMatch(after -> after.compareTo(Duration.ofSeconds(15)) >= 0)
          .allMatch(after -> after.compareTo(Duration.ofMillis(22_500)) < 0);
      rig.history.down = false;
      Eventually.until("all of the quiet one", () -> reply.durable().equals(seqs(1, 20)));
      assertThat(rig.reading("aggregator_dropped_batches_total")).isGreaterThanOrEqualTo(420);
    }
  }

  @Test
  void aBatchBeyondTheBoundThatWasToldIsRefused() {
    try (var rig = new Rig(builder -> builder.batchMaxSamples(2))) {
      var session = rig.open("web-1", reply);
      var large = rig.batch("web-1", 1).sample("memory_percent", 5).build();
      assertThatThrownBy(() -> Rig.offer(session, large))
          .isInstanceOf(RequestException.class)
          .hasMessageContaining("3 samples: expected at most 2")
          .extracting(e -> ((RequestException) e).code())
          .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }
  }

  @Test
  void aSlowHistoryGetsMoreAtOnceSoThatItKeepsUp() {
    var time = new ManualTime();
    try (var rig =
        new Rig(
            builder ->
                builder
                    .time(time)
                    .batchMaxSamples(20)
                    .volatileAfter(Duration.ofSeconds(10))
                    .inFlightBytes(1 << 20))) {
      rig.history.onAppend = () -> time.advance(Duration.ofSeconds(5));
      var session = rig.open("web-1", reply);
      var gate = new CountDownLatch(1);
      rig.history.hang = gate;
      for (long seq = 1; seq <= 300; seq++) {
        Rig.offer(session, rig.batch("web-1", seq).build());
      }
      rig.history.hang = null;
      gate.countDown();
      Eventually.until("durable", () -> reply.durable().equals(seqs(1, 300)));
      assertThat(rig.history.appends()).anyMatch(size -> size >= 80);
    }
  }
}
