package io.sysmonstm.collector.core.internal.spool;

import static io.sysmonstm.collector.core.internal.spool.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.testkit.BatchBuilder;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MemorySpoolTest {
  private static final UUID EPOCH = BatchBuilder.EPOCH;
  private static final long BYTES = MemorySpool.bytesOf(batch(1));

  private final MemorySpool spool = new MemorySpool(EPOCH, 100, 1 << 20);

  private static List<SeqRange> range(long first, long last) {
    return List.of(new SeqRange(first, last));
  }

  private static void fill(MemorySpool spool, long first, long last) {
    for (long seq = first; seq <= last; seq++) {
      spool.append(batch(seq), seq);
    }
  }

  @Test
  void freshBatchesComeInTheOrderTheyWereAppended() {
    fill(spool, 1, 5);
    assertThat(spool.takeFresh(3).map(Batch::seq)).contains(3L);
    assertThat(spool.takeFresh(3).map(Batch::seq)).contains(4L);
    assertThat(spool.takeFresh(3).map(Batch::seq)).contains(5L);
    assertThat(spool.takeFresh(3)).isEmpty();
    assertThat(spool.inFlight()).isEqualTo(3);
  }

  @Test
  void backlogComesOldestFirstAndOnlyOldBatchesAreReplays() {
    fill(spool, 1, 3);
    assertThat(spool.takeBacklog(2).orElseThrow().replay()).isTrue();
    var second = spool.takeBacklog(2).orElseThrow();
    assertThat(second.seq()).isEqualTo(2);
    assertThat(second.replay()).isFalse();
  }

  @Test
  void forgetsWhatHistoryHas() {
    fill(spool, 1, 5);
    spool.takeFresh(0);
    assertThat(spool.forget(EPOCH, range(1, 3))).isEqualTo(3);
    assertThat(spool.depth()).isEqualTo(2);
    assertThat(spool.inFlight()).isZero();
    assertThat(spool.bytes()).isEqualTo(2 * BYTES);
    assertThat(spool.takeFresh(0).map(Batch::seq)).contains(4L);
  }

  @Test
  void forgetsNothingOfAnotherEpochNorOutsideOfWhatItHas() {
    fill(spool, 5, 6);
    assertThat(spool.forget(UUID.randomUUID(), range(1, 9))).isZero();
    assertThat(spool.forget(EPOCH, range(1, 4))).isZero();
    assertThat(spool.forget(EPOCH, range(1, Long.MAX_VALUE))).isEqualTo(2);
    assertThat(spool.depth()).isZero();
  }

  @Test
  void whatWasOnlyShownWaitsAgainAndIsAreplay() {
    fill(spool, 1, 2);
    spool.takeFresh(0);
    spool.takeFresh(0);
    assertThat(spool.keepShown(EPOCH, range(1, 2))).isEqualTo(2);
    assertThat(spool.inFlight()).isZero();
    assertThat(spool.hasUnseen()).isFalse();
    assertThat(spool.takeFresh(0)).isEmpty();
    var again = spool.takeBacklog(0).orElseThrow();
    assertThat(again.seq()).isEqualTo(1);
    assertThat(again.replay()).isTrue();
  }

  @Test
  void whatWasInFlightWaitsAgainAfterArewind() {
    fill(spool, 1, 3);
    spool.takeFresh(0);
    spool.takeFresh(0);
    spool.rewind();
    assertThat(spool.inFlight()).isZero();
    assertThat(spool.takeFresh(0).map(Batch::seq)).contains(1L);
  }

  @Test
  void dropsTheOldestBeyondTheNumberAndCountsItsSamples() {
    var small = new MemorySpool(EPOCH, 3, 1 << 20);
    fill(small, 1, 10);
    assertThat(small.depth()).isEqualTo(3);
    assertThat(small.droppedSamples()).isEqualTo(14);
    assertThat(small.takeBacklog(0).map(Batch::seq)).contains(8L);
  }

  @Test
  void dropsTheOldestBeyondTheBytesButKeepsTheNewest() {
    var small = new MemorySpool(EPOCH, 100, 2 * BYTES);
    fill(small, 1, 4);
    assertThat(small.depth()).isEqualTo(2);
    assertThat(small.bytes()).isEqualTo(2 * BYTES);
    var tiny = new MemorySpool(EPOCH, 100, 1);
    fill(tiny, 1, 2);
    assertThat(tiny.depth()).isEqualTo(1);
    assertThat(tiny.droppedSamples()).isEqualTo(2);
  }

  @Test
  void countsRightWhenBatchesInFlightAndShownOnesAreDropped() {
    var small = new MemorySpool(EPOCH, 2, 1 << 20);
    fill(small, 1, 2);
    small.takeFresh(0);
    small.takeFresh(0);
    small.keepShown(EPOCH, range(1, 1));
    fill(small, 3, 4);
    assertThat(small.inFlight()).isZero();
    assertThat(small.hasUnseen()).isTrue();
    assertThat(small.hasWaiting()).isTrue();
  }

  @Test
  void adiscardedBatchCountsAsLost() {
    fill(spool, 1, 2);
    spool.takeFresh(0);
    spool.discard(spool.onlyInFlight().orElseThrow());
    assertThat(spool.depth()).isEqualTo(1);
    assertThat(spool.droppedSamples()).isEqualTo(2);
    assertThat(spool.onlyInFlight()).isEmpty();
  }
}
