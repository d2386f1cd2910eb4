package io.sysmonstm.collector.core.internal.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpoolDamageTest {
  private static final int BATCHES = 6;

  private final SpoolFixture fixture = new SpoolFixture();

  /** A spool whose only segment has other bytes. */
  private static SpoolFixture withSegment(byte[] content) {
    var another = new SpoolFixture();
    another.files.put(Segment.name(1), content);
    another.reopen();
    return another;
  }

  private static void assertWorks(SpoolFixture damaged) {
    var fresh = damaged.append();
    assertThat(SpoolFixture.ids(damaged.takeAll())).contains(BatchId.of(fresh));
  }

  private static List<String> contents(List<Batch> batches) {
    return batches.stream().map(SpoolFixture::content).toList();
  }

  @Test
  void aTailThatIsCutAnywhereCostsOnlyTheLastRecord() {
    var batches = fixture.append(BATCHES - 1);
    int whole = fixture.files.content(fixture.onlySegment()).length;
    var last = fixture.append();
    var content = fixture.files.content(fixture.onlySegment());
    for (int length = whole; length <= content.length; length++) {
      var cut = withSegment(Arrays.copyOf(content, length));
      var found = contents(cut.takeAll());
      if (length == content.length) {
        assertThat(found).hasSize(BATCHES).contains(SpoolFixture.content(last));
        assertThat(cut.lost("corrupt")).isZero();
      } else {
        assertThat(found).isEqualTo(contents(batches));
        assertThat(cut.lost("corrupt")).isEqualTo(length == whole ? 0 : 3);
        assertThat(cut.files.content(Segment.name(1))).hasSize(whole);
        assertThat(cut.files.existing("quarantine").list()).hasSize(length == whole ? 0 : 1);
      }
      assertWorks(cut);
    }
  }

  @Test
  void aFileThatIsCutAnywhereStillOpens() {
    fixture.append(BATCHES);
    var content = fixture.files.content(fixture.onlySegment());
    for (int length = 0; length < content.length; length++) {
      assertWorks(withSegment(Arrays.copyOf(content, length)));
    }
  }

  @Test
  void aFlippedByteCostsAtMostItsRecordWhereverItIs() {
    var batches = contents(fixture.append(BATCHES));
    var content = fixture.files.content(fixture.onlySegment());
    for (int at = 0; at < content.length; at++) {
      var flipped = content.clone();
      flipped[at] ^= (byte) 0xA5;
      var damaged = withSegment(flipped);
      var found = contents(damaged.takeAll());
      boolean inHeader = at < SegmentHeader.BYTES;
      assertThat(found).as("byte %d", at).hasSize(inHeader ? BATCHES : BATCHES - 1);
      assertThat(batches).containsAll(found);
      assertThat(damaged.lost("corrupt")).as("byte %d", at).isEqualTo(inHeader ? 0 : 3);
      assertThat(damaged.spool.depth()).isEqualTo(found.size());
      assertWorks(damaged);
    }
  }

  @Test
  void damageIsCountedAndSetAsideOnce() {
    fixture.append(BATCHES);
    var content = fixture.files.content(fixture.onlySegment());
    Arrays.fill(content, content.length / 2 - 40, content.length / 2 + 40, (byte) 7);
    var damaged = withSegment(content);
    damaged.takeAll();
    long lost = damaged.lost("corrupt");
    assertThat(lost).isPositive();
    damaged.spool.rewind();
    damaged.takeAll();
    assertThat(damaged.lost("corrupt")).isEqualTo(lost);
    assertThat(damaged.files.existing("quarantine").list()).hasSize(1);
  }

  @Test
  void rubbishOfAnySizeIsNoObstacle() {
    var random = new Random(11);
    for (int size : new int[] {0, 1, 43, 44, 45, 1_000, 100_000, 1 << 20}) {
      var rubbish = new byte[size];
      random.nextBytes(rubbish);
      var spool = withSegment(rubbish);
      assertThat(spool.takeAll()).isEmpty();
      assertThat(spool.files.list()).doesNotContain(Segment.name(1));
      assertWorks(spool);
    }
  }

  @Test
  void whatIsSetAsideIsBounded() {
    var random = new Random(12);
    for (int id = 1; id <= 12; id++) {
      var rubbish = new byte[1 << 20];
      random.nextBytes(rubbish);
      fixture.files.put(Segment.name(id), rubbish);
    }
    fixture.reopen();
    assertThat(fixture.files.existing("quarantine").size())
        .isLessThanOrEqualTo(DamagedBytes.MAX_BYTES)
        .isGreaterThan(DamagedBytes.MAX_BYTES / 2);
    assertWorks(fixture);
  }

  @Test
  void aLostOrDamagedCursorOnlyCostsSendingAgain() {
    var batches = fixture.append(BATCHES);
    batches.subList(0, 4).forEach(fixture::acknowledge);
    fixture.spool.close();
    var cursor = fixture.files.content(AckCursor.NAME);
    for (int at = 0; at < cursor.length; at++) {
      var flipped = cursor.clone();
      flipped[at]++;
      fixture.files.put(AckCursor.NAME, flipped);
      fixture.reopen();
      assertThat(fixture.spool.depth()).as("byte %d", at).isEqualTo(BATCHES);
    }
    for (int length = 0; length < cursor.length; length++) {
      fixture.files.put(AckCursor.NAME, Arrays.copyOf(cursor, length));
      assertThat(fixture.reopen().depth()).isEqualTo(BATCHES);
    }
    fixture.files.delete(AckCursor.NAME);
    assertThat(fixture.reopen().depth()).isEqualTo(BATCHES);
    assertThat(fixture.takeAll()).hasSize(BATCHES);
  }

  @Test
  void aCursorThatIsAheadOfTheSegmentsTakesNothingFromOthers() {
    var batches = fixture.append(BATCHES);
    batches.forEach(fixture::acknowledge);
    var more = fixture.append(1);
    fixture.time.advance(java.time.Duration.ofMinutes(2));
    fixture.spool.tend();
    var content = fixture.files.content(fixture.onlySegment());
    fixture.files.put(fixture.onlySegment(), Arrays.copyOf(content, content.length / 2));
    fixture.reopen();
    assertThat(fixture.takeAll()).isEmpty();
    assertThat(more).hasSize(1);
    var next = fixture.append(3);
    assertThat(SpoolFixture.ids(fixture.takeAll())).isEqualTo(SpoolFixture.ids(next));
  }

  @Test
  void aDamagedMarkOfAGoodStopCountsAsNone() {
    var epoch = fixture.append().epoch();
    fixture.spool.close();
    var mark = fixture.files.content(CleanStop.NAME);
    for (int at = 0; at < mark.length; at++) {
      var flipped = mark.clone();
      flipped[at]++;
      fixture.files.put(CleanStop.NAME, flipped);
      assertThat(fixture.reopen().epoch()).isNotEqualTo(epoch);
      assertThat(fixture.files.list()).doesNotContain(CleanStop.NAME);
    }
  }

  @Test
  void aMarkThatIsOlderThanTheSegmentsCountsAsNone() {
    fixture.append();
    fixture.spool.close();
    var mark = fixture.files.content(CleanStop.NAME);
    fixture.reopen();
    var epoch = fixture.append(3).getFirst().epoch();
    fixture.files.put(CleanStop.NAME, mark);
    assertThat(fixture.reopen().epoch()).isNotEqualTo(epoch);
  }

  @Test
  void strayFilesAreLeftAlone() {
    fixture.files.put("notes.txt", new byte[] {1, 2, 3});
    fixture.files.put("0000000000000009.seg.bak", new byte[500]);
    fixture.files.put(AckCursor.NEW_NAME, new byte[10]);
    var batches = fixture.append(3);
    fixture.reopen();
    assertThat(SpoolFixture.ids(fixture.takeAll())).isEqualTo(SpoolFixture.ids(batches));
    assertThat(fixture.files.list()).contains("notes.txt", "0000000000000009.seg.bak");
  }

  @Test
  void aSegmentFromTheMiddleCanBeMissing() {
    fixture.bounds = new SpoolBounds(256 << 10, java.time.Duration.ofHours(24));
    fixture.reopen();
    fixture.append(1_200);
    var names = fixture.files.list().stream().filter(Segment::isName).sorted().toList();
    assertThat(names).hasSizeGreaterThan(4);
    fixture.files.delete(names.get(1));
    fixture.reopen();
    var found = fixture.takeAll();
    assertThat(found).hasSizeBetween(100, 1_199);
    assertThat(fixture.spool.depth()).isEqualTo(found.size());
    assertWorks(fixture);
  }
}
