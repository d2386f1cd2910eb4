package io.sysmonstm.collector.core;

import static io.sysmonstm.collector.core.internal.spool.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.collector.core.internal.spool.MemorySpool;
import io.sysmonstm.spi.Ack.Durability;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.RecordingSender;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DeliveryTest {
  private static final UUID EPOCH = BatchBuilder.EPOCH;
  private static final Duration INTERVAL = Deliveries.INTERVAL;

  private final ManualTime time = new ManualTime();
  private final RecordingSender sender = new RecordingSender();
  private final MemorySpool spool = new MemorySpool(EPOCH, 10_000, 64 << 20);
  private final SelfMetrics metrics = new SelfMetrics();
  private final Delivery delivery = Deliveries.of(spool, sender, time, metrics);
  private long lastSeq;

  private void collect() {
    lastSeq++;
    spool.append(batch(lastSeq), time.nanoTime());
  }

  private void collectFor(int cycles) {
    for (int i = 0; i < cycles; i++) {
      collect();
      delivery.step();
      time.advance(INTERVAL);
    }
  }

  private void connect() {
    delivery.step();
    sender.last().welcome();
    delivery.step();
  }

  /**
   * Lets the time pass until another stream is opened; returns how long it took, in steps of 100
   * ms.
   */
  private Duration untilReconnected() {
    int before = sender.streams().size();
    Duration waited = Duration.ZERO;
    delivery.step();
    while (sender.streams().size() == before) {
      assertThat(waited).isLessThan(Duration.ofMinutes(2));
      time.advance(Duration.ofMillis(100));
      waited = waited.plusMillis(100);
      delivery.step();
    }
    return waited;
  }

  @Test
  void connectsAtOnceAndSendsNothingBeforeTheWelcome() {
    collect();
    delivery.step();
    assertThat(sender.last().sent()).isEmpty();
    assertThat(sender.last().hello().epoch()).isEqualTo(EPOCH);
    assertThat(delivery.state().isConnected()).isFalse();

    sender.last().welcome();
    delivery.step();
    assertThat(sender.last().sentSeqs()).containsExactly(1L);
    assertThat(delivery.state().isConnected()).isTrue();
  }

  @Test
  void keepsAbatchUntilItsAckIsDurable() {
    collect();
    connect();
    assertThat(spool.depth()).isEqualTo(1);

    sender.last().acknowledge(1, 1);
    delivery.step();
    assertThat(spool.depth()).isZero();
    assertThat(delivery.state().lastDurableAck()).contains(time.instant());
    assertThat(delivery.state().problem()).isEmpty();
  }

  @Test
  void sendsOnlyWhileTheTransportIsReady() {
    delivery.step();
    sender.last().setReady(false);
    sender.last().welcome();
    collect();
    delivery.step();
    assertThat(sender.last().sent()).isEmpty();

    sender.last().setReady(true);
    delivery.step();
    assertThat(sender.last().sentSeqs()).containsExactly(1L);
  }

  @Test
  void reconnectsAfterAnEndAndResendsWhatWasNotAcknowledged() {
    collect();
    collect();
    connect();
    sender.last().acknowledge(1, 1);
    sender.last().end(ErrorCode.UNAVAILABLE);

    assertThat(untilReconnected()).isLessThanOrEqualTo(Duration.ofMillis(1_100));
    sender.last().welcome();
    delivery.step();
    assertThat(sender.last().sentSeqs()).containsExactly(2L);
    assertThat(sender.last().sent().getFirst().replay()).isFalse();
  }

  @Test
  void trimsByWhatTheWelcomeSaysIsCommitted() {
    collect();
    collect();
    collect();
    connect();
    sender.last().end(ErrorCode.UNAVAILABLE);
    untilReconnected();
    var committed = new SeqRanges(List.of(new SeqRange(1, 2)));
    sender.last().welcome(Map.of(EPOCH, committed), time.instant());
    delivery.step();
    assertThat(sender.last().sentSeqs()).containsExactly(3L);
    assertThat(spool.depth()).isEqualTo(1);
  }

  @Test
  void waitsLongerWithEachFailureButNeverMoreThanAminute() {
    connect();
    Duration longest = Duration.ZERO;
    for (int failure = 0; failure < 40; failure++) {
      sender.last().end(ErrorCode.UNAVAILABLE);
      var waited = untilReconnected();
      long limitSeconds = Math.min(60, 1L << Math.min(failure, 6));
      assertThat(waited).isLessThanOrEqualTo(Duration.ofMillis(limitSeconds * 1_000 + 100));
      longest = waited.compareTo(longest) > 0 ? waited : longest;
    }
    assertThat(longest).isGreaterThan(Duration.ofSeconds(30));
    assertThat(sender.streams()).hasSize(41);
  }

  @Test
  void adurableAckMakesTheWaitShortAgain() {
    for (int failure = 0; failure < 10; failure++) {
      connect();
      sender.last().end(ErrorCode.UNAVAILABLE);
      untilReconnected();
    }
    collect();
    sender.last().welcome();
    delivery.step();
    sender.last().acknowledge(1, 1);
    sender.last().end(ErrorCode.UNAVAILABLE);
    assertThat(untilReconnected()).isLessThanOrEqualTo(Duration.ofMillis(1_100));
  }

  @Test
  void freshBatchesGoBeforeTheBacklogWhichIsMarkedAsReplay() {
    collectFor(197);
    untilReconnected();
    collectFor(3);
    collect();
    connect();
    assertThat(sender.last().sentSeqs().subList(0, 5)).containsExactly(198L, 199L, 200L, 201L, 1L);
    assertThat(sender.last().sent()).filteredOn(Batch::replay).allMatch(one -> one.seq() < 198);
    assertThat(sender.last().sent()).filteredOn(one -> !one.replay()).hasSize(4);
  }

  @Test
  void theBacklogHasHalfOfTheWindowAtTheMost() {
    collectFor(200);
    untilReconnected();
    connect();
    assertThat(sender.last().sent()).hasSize(Lanes.BACKLOG_WINDOW);
    int acknowledged = 0;
    while (spool.depth() > 0 && acknowledged < 400) {
      var next = sender.last().sent().get(acknowledged++);
      sender.last().acknowledge(next.seq(), next.seq());
      delivery.step();
      assertThat(spool.inFlight()).isLessThanOrEqualTo(Lanes.BACKLOG_WINDOW);
    }
    assertThat(spool.depth()).isZero();
    assertThat(sender.last().sentSeqs()).doesNotHaveDuplicates().hasSize(200);
  }

  @Test
  void volatileAckKeepsTheBatchAndOnlyFreshOnesGoOn() {
    collectFor(10);
    connect();
    sender.last().acknowledge(Durability.VOLATILE, 1, 10, Duration.ZERO);
    delivery.step();
    assertThat(spool.depth()).isEqualTo(10);
    assertThat(delivery.state().problem()).contains("the aggregator cannot write history");

    collect();
    delivery.step();
    assertThat(sender.last().sentSeqs().subList(10, 11)).containsExactly(11L);
    assertThat(sender.last().sent()).hasSize(11);
  }

  @Test
  void adurableAckAfterVolatileOnesBringsTheBacklogBack() {
    collectFor(5);
    connect();
    sender.last().acknowledge(Durability.VOLATILE, 1, 5, Duration.ZERO);
    collect();
    delivery.step();
    sender.last().acknowledge(6, 6);
    delivery.step();
    var again = sender.last().sent().subList(6, 11);
    assertThat(again).extracting(Batch::seq).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(again).allMatch(Batch::replay);

    sender.last().acknowledge(1, 5);
    delivery.step();
    assertThat(spool.depth()).isZero();
  }

  @Test
  void retryAfterHoldsTheBacklogBack() {
    collect();
    connect();
    sender.last().acknowledge(Durability.VOLATILE, 1, 1, Duration.ofSeconds(40));
    delivery.step();
    time.advance(Duration.ofSeconds(39));
    delivery.step();
    assertThat(sender.last().sent()).hasSize(1);
    time.advance(Duration.ofSeconds(1));
    delivery.step();
    assertThat(sender.last().sentSeqs()).containsExactly(1L, 1L);
  }

  @Test
  void wrongCredentialsAreTriedEachMinute() {
    for (var code : List.of(ErrorCode.UNAUTHENTICATED, ErrorCode.PERMISSION_DENIED)) {
      delivery.step();
      sender.last().end(code);
      assertThat(untilReconnected()).isEqualTo(Duration.ofSeconds(60));
      assertThat(delivery.state().problem()).contains("not connected: " + code);
    }
  }

  @Test
  void asilentServerIsGivenUpAfterHalfAminute() {
    delivery.step();
    time.advance(Duration.ofSeconds(29));
    delivery.step();
    assertThat(sender.last().isCancelled()).isFalse();
    time.advance(Duration.ofSeconds(1));
    delivery.step();
    assertThat(sender.last().isCancelled()).isTrue();
    untilReconnected();

    sender.last().welcome();
    collect();
    delivery.step();
    time.advance(Duration.ofSeconds(30));
    delivery.step();
    assertThat(sender.last().isCancelled()).isTrue();
    assertThat(spool.inFlight()).isZero();
  }

  @Test
  void anIdleStreamIsNotGivenUp() {
    connect();
    time.advance(Duration.ofHours(5));
    delivery.step();
    assertThat(sender.streams()).hasSize(1);
    assertThat(sender.last().isCancelled()).isFalse();
  }

  @Test
  void whatAnOlderStreamSaysIsIgnored() {
    collect();
    connect();
    var old = sender.last();
    old.end(ErrorCode.UNAVAILABLE);
    untilReconnected();
    old.acknowledge(1, 1);
    old.end(ErrorCode.INTERNAL);
    delivery.step();
    assertThat(spool.depth()).isEqualTo(1);
    assertThat(sender.streams()).hasSize(2);
  }

  @Test
  void abatchThatTheServerCannotTakeIsGivenUpAndTheOthersArrive() {
    collectFor(20);
    long poison = 7;
    for (int attempt = 0; attempt < 30 && spool.depth() > 0; attempt++) {
      delivery.step();
      var stream = sender.last();
      stream.welcome();
      delivery.step();
      serveUntil(poison);
      untilReconnected();
    }
    assertThat(spool.depth()).isZero();
    assertThat(spool.droppedSamples()).isEqualTo(2);
  }

  /**
   * Acknowledges what is sent, one by one, until the given batch comes: that one ends the stream.
   */
  private void serveUntil(long poison) {
    var stream = sender.last();
    for (int next = 0; next < stream.sent().size(); next++) {
      long seq = stream.sent().get(next).seq();
      if (seq == poison) {
        stream.end(ErrorCode.INVALID_ARGUMENT);
        return;
      }
      stream.acknowledge(seq, seq);
      delivery.step();
    }
    stream.end();
  }

  @Test
  void asteppedWallClockOpensAnewStream() {
    connect();
    assertThat(delivery.state().skew().orElseThrow().millis(time)).isZero();
    time.setWall(time.instant().plus(Duration.ofHours(1)));
    assertThat(delivery.state().skew().orElseThrow().millis(time)).isEqualTo(3_600_000);
    delivery.step();
    delivery.step();
    assertThat(sender.streams()).hasSize(2);
    assertThat(sender.last().hello().sentAt()).isEqualTo(time.instant());
    sender.last().welcome(Map.of(), time.instant().minusSeconds(3_600));
    delivery.step();
    assertThat(delivery.state().skew().orElseThrow().millis(time)).isEqualTo(3_600_000);
    delivery.step();
    assertThat(sender.streams()).hasSize(2);
  }

  @Test
  void asenderThatThrowsIsTriedAgain() {
    sender.refuse(new IllegalStateException("broken"));
    delivery.step();
    assertThat(delivery.state().problem()).contains("not connected: INTERNAL");
    sender.refuse(null);
    time.advance(Duration.ofSeconds(61));
    delivery.step();
    assertThat(sender.streams()).hasSize(1);
  }

  @Test
  void anOutageOfManyDaysTakesNoMoreThanTheBound() {
    var bounded = new MemorySpool(EPOCH, 50, 1 << 20);
    for (long seq = 1; seq <= 100_000; seq++) {
      bounded.append(batch(seq), seq);
    }
    assertThat(bounded.depth()).isEqualTo(50);
    assertThat(bounded.droppedSamples()).isEqualTo(2 * 99_950);
  }

  @Test
  void countsAttemptsAndAcknowledgements() {
    collect();
    connect();
    sender.last().acknowledge(Durability.VOLATILE, 1, 1, Duration.ZERO);
    delivery.step();
    assertThat(count("collector_connect_attempts_total", Labels.empty())).isEqualTo(1);
    assertThat(count("collector_batches_sent_total", Labels.empty())).isEqualTo(1);
    var durability = Labels.of("durability", "volatile");
    assertThat(count("collector_batches_acknowledged_total", durability)).isEqualTo(1);
  }

  private long count(String counter, Labels labels) {
    return metrics.counter(counter, "", labels).sum();
  }
}
