package io.sysmonstm.collector.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.collector.core.internal.spool.SpoolFixture;
import io.sysmonstm.spi.Ack.Durability;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.RecordingSender;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Delivery from a spool on disk. */
class DiskDeliveryTest {
  private final SpoolFixture fixture = new SpoolFixture();
  private final ManualTime time = fixture.time;
  private final RecordingSender sender = new RecordingSender();
  private Delivery delivery = newDelivery();
  private int answered;

  private Delivery newDelivery() {
    return Deliveries.of(fixture.spool, sender, time, fixture.metrics);
  }

  private void collectFor(int cycles) {
    for (int i = 0; i < cycles; i++) {
      fixture.append();
      delivery.step();
    }
  }

  private void connect() {
    delivery.step();
    while (!delivery.state().isConnected()) {
      sender.last().welcome();
      delivery.step();
      time.advance(Duration.ofMillis(500));
    }
    answered = 0;
  }

  /** Lets the time pass until another stream is opened. */
  private Duration untilReconnected() {
    int before = sender.streams().size();
    var waited = Duration.ZERO;
    for (delivery.step(); sender.streams().size() == before; delivery.step()) {
      assertThat(waited).isLessThan(Duration.ofMinutes(10));
      time.advance(Duration.ofMillis(100));
      waited = waited.plusMillis(100);
    }
    return waited;
  }

  /** Acknowledges what came since the last call; returns it. */
  private List<Batch> acknowledge(Durability durability) {
    var came = List.copyOf(sender.last().sent().subList(answered, sender.last().sent().size()));
    answered += came.size();
    came.forEach(
        batch -> sender.last().acknowledge(durability, batch.seq(), batch.seq(), Duration.ZERO));
    delivery.step();
    return came;
  }

  @Test
  void afterAnOutageOfHoursFreshBatchesComeFirstAndMemoryStaysFlat() {
    int cycles = 12 * 60 * 12;
    collectFor(cycles);
    assertThat(fixture.spool.depth()).isEqualTo(cycles);
    assertThat(fixture.heldInMemory()).isLessThanOrEqualTo(16);

    connect();
    assertThat(sender.last().sent().getFirst().seq()).isGreaterThan(cycles - 4);
    assertThat(sender.last().sent()).hasSizeLessThanOrEqualTo(Lanes.BACKLOG_WINDOW);
    Set<Long> arrived = new HashSet<>();
    int rounds = 0;
    while (fixture.spool.depth() > 0) {
      if (++rounds % 20 == 0) {
        var live = fixture.append();
        delivery.step();
        assertThat(sender.last().sentSeqs()).contains(live.seq());
      }
      for (var batch : acknowledge(Durability.DURABLE)) {
        assertThat(arrived.add(batch.seq())).as("sent once").isTrue();
      }
      assertThat(fixture.heldInMemory()).isLessThanOrEqualTo(16 + Lanes.WINDOW);
      assertThat(fixture.spool.inFlight()).isLessThanOrEqualTo(Lanes.WINDOW);
    }
    assertThat(arrived).hasSize(cycles + rounds / 20);
    assertThat(rounds).isLessThan(cycles / 10);
  }

  @Test
  void whileHistoryIsAwayOnlyFreshBatchesGoAndNothingTwice() {
    connect();
    for (int i = 0; i < 1_000; i++) {
      collectFor(1);
      acknowledge(Durability.VOLATILE);
    }
    assertThat(sender.last().sentSeqs()).doesNotHaveDuplicates().hasSize(1_000);
    assertThat(fixture.spool.depth()).isEqualTo(1_000);

    collectFor(1);
    Set<Long> replayed = new HashSet<>();
    while (fixture.spool.depth() > 0) {
      acknowledge(Durability.DURABLE).stream()
          .filter(Batch::replay)
          .forEach(batch -> replayed.add(batch.seq()));
    }
    assertThat(replayed).hasSize(1_000);
  }

  @Test
  void whatAnEarlierProcessLeftIsDeliveredUnderItsOwnEpoch() {
    collectFor(50);
    var before = fixture.spool.epoch();
    fixture.reopen();
    delivery = newDelivery();
    collectFor(1);
    connect();
    assertThat(sender.last().hello().epoch()).isEqualTo(fixture.spool.epoch());
    var first = sender.last().sent().getFirst();
    assertThat(first.epoch()).isEqualTo(fixture.spool.epoch());
    assertThat(first.replay()).isFalse();
    assertThat(sender.last().sent().subList(1, 5))
        .allMatch(batch -> batch.epoch().equals(before) && batch.replay());
  }

  @Test
  void whatTheWelcomeSaysOfAnOlderEpochIsNotSent() {
    collectFor(50);
    var before = fixture.spool.epoch();
    fixture.reopen();
    delivery = newDelivery();
    delivery.step();
    var committed = new SeqRanges(List.of(new SeqRange(1, 48)));
    sender.last().welcome(Map.of(before, committed), time.instant());
    delivery.step();
    assertThat(sender.last().sentSeqs()).containsExactly(49L, 50L);
  }

  @Test
  void numbersOfAnotherCollectorEndTheEpoch() {
    collectFor(3);
    var before = fixture.spool.epoch();
    delivery.step();
    var committed = new SeqRanges(List.of(new SeqRange(1, 900)));
    sender.last().welcome(Map.of(before, committed), time.instant());
    delivery.step();
    assertThat(fixture.spool.epoch()).isNotEqualTo(before);
    collectFor(1);
    assertThat(sender.last().sent().getLast().epoch()).isEqualTo(fixture.spool.epoch());
    assertThat(sender.last().sent().getLast().seq()).isEqualTo(1);
  }

  @Test
  void aServerThatAsksToBeLeftAloneIs() {
    connect();
    collectFor(1);
    sender.last().end(ErrorCode.RESOURCE_EXHAUSTED, Duration.ofSeconds(90));
    delivery.step();
    assertThat(untilReconnected()).isBetween(Duration.ofSeconds(89), Duration.ofSeconds(91));
    assertThat(fixture.spool.droppedSamples()).isZero();
  }

  @Test
  void aBatchThatIsTooLargeIsSetAsideAtTheThirdTime() {
    collectFor(1);
    for (int attempt = 0; attempt < 3; attempt++) {
      connect();
      assertThat(sender.last().sent()).hasSize(1);
      sender.last().end(ErrorCode.RESOURCE_EXHAUSTED);
      untilReconnected();
    }
    assertThat(fixture.spool.depth()).isZero();
    assertThat(fixture.lost("poison")).isEqualTo(3);
  }

  @Test
  void aMachineThatSleptWhileTheMonotonicClockStoodStillComesBackAtOnce() {
    connect();
    collectFor(3);
    var asleep = sender.last();
    asleep.end(ErrorCode.UNAVAILABLE);
    delivery.step();
    int before = sender.streams().size();
    time.setWall(time.instant().plus(Duration.ofHours(8)));
    delivery.step();
    assertThat(sender.streams()).hasSize(before + 1);
    collectFor(1);
    connect();
    assertThat(sender.last().sent().getFirst().seq()).isEqualTo(4);
    assertThat(sender.last().sent()).filteredOn(Batch::replay).hasSize(3);
  }

  @Test
  void aMachineThatSleptWithAstreamOpenNoticesAndReconnects() {
    connect();
    collectFor(3);
    acknowledge(Durability.DURABLE);
    time.advance(Duration.ofHours(8));
    collectFor(1);
    assertThat(sender.last().sentSeqs()).endsWith(4L);
    time.advance(Duration.ofSeconds(31));
    delivery.step();
    assertThat(sender.last().isCancelled()).isTrue();
    assertThat(untilReconnected()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    connect();
    assertThat(sender.last().sentSeqs()).containsExactly(4L);
  }

  @Test
  void whoStopsLeavesTheBacklogToTheNextProcess() {
    collectFor(500);
    connect();
    int sent = sender.last().sent().size();
    delivery.drainUntil(time.nanoTime() + 5_000_000_000L);
    for (int i = 0; i < 10; i++) {
      acknowledge(Durability.DURABLE);
    }
    assertThat(fixture.spool.hasUnseen()).isFalse();
    assertThat(fixture.spool.depth()).isGreaterThan(400);
    assertThat(sender.last().sent().size()).isLessThan(sent + 20);
    assertThat(sender.last().isHalfClosed()).isTrue();
  }
}
