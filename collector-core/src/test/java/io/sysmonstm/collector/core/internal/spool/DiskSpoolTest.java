package io.sysmonstm.collector.core.internal.spool;

import static io.sysmonstm.collector.core.internal.spool.SpoolFixture.content;
import static io.sysmonstm.collector.core.internal.spool.SpoolFixture.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.SeqRange;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiskSpoolTest {
  private final SpoolFixture fixture = new SpoolFixture();

  @Test
  void whatWasAppendedOutlivesTheProcess() {
    var appended = fixture.append(40);
    fixture.reopen();
    var found = fixture.takeAll();
    assertThat(found.stream().map(SpoolFixture::content))
        .containsExactlyElementsOf(appended.stream().map(SpoolFixture::content).toList());
    assertThat(found).allMatch(batch -> batch.replay());
    assertThat(fixture.spool.depth()).isEqualTo(40);
  }

  @Test
  void anUncleanStopBeginsAnotherEpoch() {
    var before = fixture.append(3);
    fixture.reopen();
    var after = fixture.append();
    assertThat(after.epoch()).isNotEqualTo(before.getFirst().epoch());
    assertThat(after.seq()).isEqualTo(1);
    var all = new java.util.ArrayList<>(before);
    all.add(after);
    assertThat(ids(fixture.takeAll())).isEqualTo(ids(all));
  }

  @Test
  void aCleanStopCarriesTheNumberingOn() {
    var before = fixture.append(3);
    before.forEach(fixture::acknowledge);
    fixture.spool.close();
    assertThat(fixture.segments()).isZero();

    fixture.reopen();
    var after = fixture.append();
    assertThat(after.epoch()).isEqualTo(before.getFirst().epoch());
    assertThat(after.seq()).isEqualTo(4);

    fixture.reopen();
    assertThat(fixture.spool.epoch()).isNotEqualTo(after.epoch());
  }

  @Test
  void anEmptySpoolWritesNothingBeforeTheFirstBatch() {
    assertThat(fixture.files.writes()).isZero();
    assertThat(fixture.files.syncs()).isZero();
    assertThat(fixture.spool.depth()).isZero();
    assertThat(fixture.spool.takeBacklog(0)).isEmpty();
  }

  @Test
  void aBatchCostsOneWriteAndFiveSecondsCostOneSync() {
    fixture.append(2);
    int writes = fixture.files.writes();
    int syncs = fixture.files.syncs();
    for (var batch : fixture.append(10)) {
      fixture.acknowledge(batch);
    }
    assertThat(fixture.files.writes() - writes).isEqualTo(10);
    assertThat(fixture.files.syncs() - syncs).isBetween(9, 10);
  }

  @Test
  void acknowledgedBatchesAreNotReadAgainAndFinishedSegmentsGo() {
    fixture.bounds = new SpoolBounds(256 << 10, Duration.ofHours(24));
    fixture.reopen();
    var batches = fixture.append(1_000);
    assertThat(fixture.segments()).isGreaterThan(2);
    for (var batch : batches.subList(0, 999)) {
      fixture.acknowledge(batch);
    }
    fixture.spool.tend();
    assertThat(fixture.segments()).isEqualTo(1);
    assertThat(fixture.spool.depth()).isEqualTo(1);

    fixture.reopen();
    assertThat(ids(fixture.takeAll())).contains(BatchId.of(batches.getLast()));
  }

  @Test
  void theCursorTellsTheNextProcessWhatIsDone() {
    var batches = fixture.append(10);
    fixture.acknowledge(batches.get(3));
    fixture.time.advance(Duration.ofMinutes(2));
    fixture.spool.tend();
    fixture.reopen();
    assertThat(fixture.spool.depth()).isEqualTo(9);
    assertThat(ids(fixture.takeAll())).doesNotContain(BatchId.of(batches.get(3)));
  }

  @Test
  void whatTheServerHasOfAnOlderEpochIsForgotten() {
    var batches = fixture.append(10);
    fixture.reopen();
    var epoch = batches.getFirst().epoch();
    assertThat(fixture.spool.forget(epoch, List.of(new SeqRange(1, 7)))).isEqualTo(7);
    assertThat(fixture.takeAll()).extracting(batch -> batch.seq()).containsExactly(8L, 9L, 10L);
  }

  @Test
  void aVolatileAcknowledgementKeepsTheBatch() {
    var batch = fixture.append();
    var fresh = fixture.spool.takeFresh(0);
    assertThat(fresh.map(SpoolFixture::content)).contains(content(batch));
    assertThat(fresh.orElseThrow().replay()).isFalse();
    assertThat(fixture.spool.hasUnseen()).isTrue();

    fixture.spool.keepShown(batch.epoch(), List.of(new SeqRange(1, 1)));
    assertThat(fixture.spool.hasUnseen()).isFalse();
    assertThat(fixture.spool.takeFresh(0)).isEmpty();
    assertThat(fixture.spool.takeBacklog(0).orElseThrow().replay()).isTrue();
    assertThat(fixture.spool.inFlight()).isEqualTo(1);
  }

  @Test
  void abrokenStreamLetsAllWaitAgain() {
    fixture.append(5);
    assertThat(fixture.takeAll()).hasSize(5);
    assertThat(fixture.spool.hasWaiting()).isFalse();
    fixture.spool.rewind();
    assertThat(fixture.spool.inFlight()).isZero();
    assertThat(fixture.takeAll()).hasSize(5);
  }

  @Test
  void theOldestSegmentsGoWhereTheSizeIsPassed() {
    fixture.bounds = new SpoolBounds(128 << 10, Duration.ofHours(24));
    fixture.reopen();
    var batches = fixture.append(2_000);
    assertThat(fixture.spool.bytes()).isLessThanOrEqualTo(128 << 10);
    assertThat(fixture.files.size()).isLessThanOrEqualTo(128 << 10);
    var left = fixture.takeAll();
    assertThat(ids(left)).isEqualTo(ids(batches.subList(2_000 - left.size(), 2_000)));
    assertThat(fixture.lost("bytes")).isEqualTo(3L * (2_000 - left.size()));
    assertThat(fixture.spool.droppedSamples()).isEqualTo(3L * (2_000 - left.size()));
  }

  @Test
  void whatIsTooOldGoes() {
    fixture.append(100);
    fixture.time.advance(Duration.ofHours(25));
    var last = fixture.append(2);
    assertThat(ids(fixture.takeAll())).isEqualTo(ids(last));
    assertThat(fixture.lost("age")).isEqualTo(300);
  }

  @Test
  void lossesAreToldAgainAfterAcrashUntilTheServerKnows() {
    fixture.append(100);
    fixture.time.advance(Duration.ofHours(25));
    fixture.append(1);
    fixture.acknowledge(fixture.append());
    fixture.time.advance(Duration.ofMinutes(2));
    fixture.spool.tend();
    fixture.reopen();
    assertThat(fixture.spool.droppedSamples()).isEqualTo(300);

    fixture.spool.told(300);
    fixture.acknowledge(fixture.append());
    fixture.time.advance(Duration.ofMinutes(2));
    fixture.spool.tend();
    fixture.reopen();
    assertThat(fixture.spool.droppedSamples()).isZero();
  }

  @Test
  void afullDiskIsNoReasonToStop() {
    var batches = new java.util.ArrayList<>(fixture.append(5));
    fixture.files.setCapacity(fixture.files.size() + 100);
    batches.addAll(fixture.append(20));
    assertThat(fixture.spool.depth()).isEqualTo(25);
    assertThat(fixture.spool.takeFresh(fixture.time.nanoTime() - 6_000_000_000L)).isPresent();
    fixture.spool.rewind();
    assertThat(ids(fixture.takeAll())).isEqualTo(ids(batches));
    fixture.spool.rewind();

    fixture.files.setCapacity(Long.MAX_VALUE);
    batches.addAll(fixture.append(1));
    fixture.reopen();
    assertThat(ids(fixture.takeAll())).isEqualTo(ids(batches));
    assertThat(fixture.spool.droppedSamples()).isZero();
  }

  @Test
  void theReserveOfTheFileSystemIsLeftFreeAndItsEndIsLikeAfullDisk() {
    long capacity = 256 << 10;
    long reserve = capacity / 20;
    fixture.files.setCapacity(capacity);
    fixture.files.setReserve(reserve);
    var batches = fixture.append(2_000);
    assertThat(fixture.files.size()).isLessThanOrEqualTo(capacity - reserve);
    assertThat(fixture.files.size()).isGreaterThan(capacity - reserve - 1_000);
    assertThat(fixture.spool.problem().orElseThrow()).contains("reserve");
    assertThat(fixture.spool.depth()).isEqualTo(2_000);
    assertThat(ids(fixture.takeAll())).isEqualTo(ids(batches));

    fixture.files.setCapacity(Long.MAX_VALUE);
    batches.addAll(fixture.append(1));
    assertThat(fixture.spool.problem()).isEmpty();
    fixture.reopen();
    assertThat(ids(fixture.takeAll())).isEqualTo(ids(batches));
    assertThat(fixture.spool.droppedSamples()).isZero();
  }

  @Test
  void aDiskThatFailsIsAProblemUntilItWorksAgain() {
    fixture.append(1);
    assertThat(fixture.spool.problem()).isEmpty();
    fixture.files.failSyncs(true);
    fixture.append(2);
    assertThat(fixture.spool.problem().orElseThrow()).contains("the model does not sync");
    fixture.files.failSyncs(false);
    fixture.append(2);
    assertThat(fixture.spool.problem()).isEmpty();
  }

  @Test
  void whatIsKeptInMemoryIsBoundedToo() {
    fixture.files.setCapacity(0);
    for (int i = 0; i < 3_000; i++) {
      var batch = fixture.batch(fixture.spool.next(), 200);
      fixture.spool.append(batch, fixture.time.nanoTime());
    }
    assertThat(fixture.spool.bytes()).isLessThanOrEqualTo(RecentBatches.MAX_UNSTORED_BYTES);
    assertThat(fixture.lost("full")).isPositive();
    assertThat(fixture.lost("full") + 201L * fixture.spool.depth()).isEqualTo(3_000 * 201);
  }

  @Test
  void aFailedSyncEndsTheSegmentAndNothingIsLost() {
    var batches = new java.util.ArrayList<>(fixture.append(3));
    fixture.files.failSyncs(true);
    batches.addAll(fixture.append(2));
    fixture.files.failSyncs(false);
    batches.addAll(fixture.append(2));
    assertThat(fixture.segments()).isGreaterThan(1);
    assertThat(ids(fixture.takeAll())).isEqualTo(ids(batches));
    fixture.reopen();
    assertThat(ids(fixture.takeAll())).isEqualTo(ids(batches));
  }

  @Test
  void aGivenUpBatchIsSetAside() {
    fixture.append(2);
    var poison = fixture.spool.takeBacklog(0).orElseThrow();
    assertThat(fixture.spool.onlyInFlight()).contains(poison);
    fixture.spool.discard(poison);
    assertThat(fixture.lost("poison")).isEqualTo(3);
    assertThat(fixture.files.existing("quarantine").list()).hasSize(1);
    assertThat(fixture.takeAll()).extracting(batch -> batch.seq()).containsExactly(2L);
  }

  @Test
  void numbersThatSomebodyElseUsedEndTheEpoch() {
    var before = fixture.append(3);
    assertThat(fixture.spool.renumber(3)).isFalse();
    assertThat(fixture.spool.renumber(4)).isTrue();
    var after = fixture.append();
    assertThat(after.epoch()).isNotEqualTo(before.getFirst().epoch());
    assertThat(after.seq()).isEqualTo(1);
    assertThat(fixture.takeAll()).hasSize(4);
  }

  @Test
  void batchesOfAnotherMachineAreNotDeliveredAsThisOnes() {
    fixture.append(3);
    var other =
        DiskSpool.open(
            new DiskSpool.Parts(
                "m2",
                fixture.bounds,
                fixture.sync,
                fixture.registry,
                fixture.time,
                fixture.metrics),
            () -> fixture.files);
    assertThat(other.takeBacklog(0)).isEmpty();
    assertThat(fixture.lost("foreign")).isEqualTo(9);
    assertThat(other.depth()).isZero();
  }

  @Test
  void aDayOfOutageStaysOnDiskAndIsReadBackInSmallParts() {
    fixture.append(17_280);
    assertThat(fixture.spool.depth()).isEqualTo(17_280);
    assertThat(fixture.spool.heldInMemory()).isLessThanOrEqualTo(RecentBatches.MAX_STORED);
    long seen = 0;
    for (var batch = fixture.spool.takeBacklog(fixture.time.nanoTime());
        batch.isPresent();
        batch = fixture.spool.takeBacklog(fixture.time.nanoTime())) {
      seen++;
      fixture.acknowledge(batch.get());
      assertThat(fixture.spool.heldInMemory()).isLessThanOrEqualTo(RecentBatches.MAX_STORED + 1);
      assertThat(fixture.files.openFiles()).isLessThanOrEqualTo(2);
    }
    assertThat(seen).isEqualTo(17_280);
    assertThat(fixture.files.bytesRead()).isLessThan(2 * fixture.files.size() + (1 << 20));
  }
}
