package io.sysmonstm.aggregator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.SeqRange;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SeqSetTest {
  @Test
  void keepsNeighboursAsOneRun() {
    var set = new SeqSet(8);
    for (long seq : new long[] {1, 2, 3, 7, 5, 6, 10}) {
      set.add(seq);
    }
    assertThat(set.ranges())
        .containsExactly(new SeqRange(1, 3), new SeqRange(5, 7), new SeqRange(10, 10));
    set.add(4);
    assertThat(set.ranges()).containsExactly(new SeqRange(1, 7), new SeqRange(10, 10));
    set.remove(3);
    assertThat(set.ranges())
        .containsExactly(new SeqRange(1, 2), new SeqRange(4, 7), new SeqRange(10, 10));
  }

  @Test
  void doesWhatASetDoesForAnyOrderOfChanges() {
    var random = new Random(42);
    var set = new SeqSet(Integer.MAX_VALUE);
    var expected = new TreeSet<Long>();
    for (int i = 0; i < 20_000; i++) {
      long from = 1L + random.nextInt(200);
      long to = Math.min(200, from + random.nextInt(5));
      if (random.nextInt(3) == 0) {
        set.remove(from);
        expected.remove(from);
      } else {
        set.add(from, to);
        for (long seq = from; seq <= to; seq++) {
          expected.add(seq);
        }
      }
      long probe = 1L + random.nextInt(200);
      assertThat(set.contains(probe)).isEqualTo(expected.contains(probe));
    }
    assertThat(set.ranges().stream().mapToLong(range -> range.last() - range.first() + 1).sum())
        .isEqualTo(expected.size());
  }

  @Test
  void forgetsTheLowestRunWhenThereAreTooMany() {
    var set = new SeqSet(3);
    for (long seq = 1; seq <= 9; seq += 2) {
      set.add(seq);
    }
    assertThat(set.ranges())
        .containsExactly(new SeqRange(5, 5), new SeqRange(7, 7), new SeqRange(9, 9));
    set.add(1);
    assertThat(set.contains(1)).isFalse();
    assertThat(set.contains(9)).isTrue();
  }

  @Test
  void copesWithTheGreatestNumbers() {
    var set = new SeqSet(4);
    set.add(Long.MAX_VALUE);
    set.add(Long.MAX_VALUE - 1);
    assertThat(set.ranges()).containsExactly(new SeqRange(Long.MAX_VALUE - 1, Long.MAX_VALUE));
    assertThat(set.contains(1)).isFalse();
  }
}
