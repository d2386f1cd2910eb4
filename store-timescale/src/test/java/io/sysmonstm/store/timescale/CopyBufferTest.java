package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CopyBufferTest {
  private final CopyBuffer rows = new CopyBuffer();

  @Test
  void ordersRowsBySeriesAndKeepsTheOrderOfArrivalWithinOne() {
    for (int series : new int[] {3, 1, 2, 1, 3}) {
      rows.add(0, series, 0);
    }
    rows.encode();

    assertThat(IntStream.range(0, rows.size()).map(rows::added)).containsExactly(1, 3, 2, 0, 4);
    assertThat(rows.series()).isEqualTo(3);
  }

  @Test
  void holdsMoreThanItBeganWithAndBeginsAnewWhenCleared() {
    for (int i = 0; i < 5_000; i++) {
      rows.add(i, Integer.MAX_VALUE - i % 7, i);
    }
    assertThat(rows.encode().size()).isEqualTo(5_000);
    assertThat(rows.series()).isEqualTo(7);

    rows.clear().add(1, 1, 1);
    assertThat(rows.encode().size()).isEqualTo(1);
    assertThat(rows.series()).isEqualTo(1);
    assertThat(rows.added(0)).isZero();
  }
}
