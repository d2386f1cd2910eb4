package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeqRangesTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void behavesLikeAPlainSet(long seed) {
    var random = new Random(seed);
    var ranges = new SeqRanges();
    var plain = new TreeSet<Long>();
    for (int i = 0; i < 300; i++) {
      long first = random.nextLong(1, 201);
      if (random.nextBoolean()) {
        assertThat(ranges.add(first)).isEqualTo(plain.add(first));
      } else {
        long last = first + random.nextInt(8);
        ranges.add(first, last);
        for (long seq = first; seq <= last; seq++) {
          plain.add(seq);
        }
      }
      assertSame(ranges, plain);
    }
  }

  private static void assertSame(SeqRanges ranges, Set<Long> plain) {
    for (long seq = 1; seq < 220; seq++) {
      assertThat(ranges.contains(seq))
          .as("seq %d of %s", seq, ranges)
          .isEqualTo(plain.contains(seq));
    }
    var runs = ranges.ranges();
    for (int i = 1; i < runs.size(); i++) {
      assertThat(runs.get(i).first())
          .as("runs neither overlap nor touch, and rise: %s", runs)
          .isGreaterThan(runs.get(i - 1).last() + 1);
    }
    assertThat(new SeqRanges(runs)).isEqualTo(ranges).hasSameHashCodeAs(ranges);
  }

  @Test
  void joinsRunsThatTouch() {
    var ranges = new SeqRanges(List.of(new SeqRange(4, 5), new SeqRange(1, 2)));
    ranges.add(3);

    assertThat(ranges.ranges()).containsExactly(new SeqRange(1, 5));
  }

  @Test
  void reachesToTheGreatestNumber() {
    var ranges = new SeqRanges();
    ranges.add(Long.MAX_VALUE);
    ranges.add(Long.MAX_VALUE - 1, Long.MAX_VALUE);
    ranges.add(1, Long.MAX_VALUE);

    assertThat(ranges.ranges()).containsExactly(new SeqRange(1, Long.MAX_VALUE));
  }

  @Test
  void isEmptyAtFirst() {
    assertThat(new SeqRanges().isEmpty()).isTrue();
    assertThat(new SeqRanges().contains(1)).isFalse();
    assertThat(new SeqRanges()).hasToString("[]");
  }

  @Test
  void refusesRunsThatAreNone() {
    var ranges = new SeqRanges();

    assertThatExceptionOfType(RequestException.class).isThrownBy(() -> ranges.add(0));
    assertThatExceptionOfType(RequestException.class).isThrownBy(() -> ranges.add(2, 1));
    assertThat(ranges.isEmpty()).isTrue();
  }

  @Test
  void tellsWhatARunContains() {
    var run = new SeqRange(2, 4);

    assertThat(List.of(run.contains(1), run.contains(2), run.contains(4), run.contains(5)))
        .containsExactly(false, true, true, false);
  }
}
