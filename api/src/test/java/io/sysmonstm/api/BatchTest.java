package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final UUID EPOCH = new UUID(1, 2);

  private final SeriesRegistry registry = new SeriesRegistry();

  @Test
  void withoutRefusedSamplesKeepsTheOthersAndAllElse() {
    var process = new TopProcess(1, "init", "root", 0.5, 4096);
    var batch =
        new Batch(
            "a",
            EPOCH,
            7,
            1_000,
            series("cpu_percent", "memory_percent", "load_avg_1m", "swap_percent", "custom"),
            new double[] {100.5, 50, Double.NaN, -1, Double.NEGATIVE_INFINITY},
            List.of(process),
            true);

    var kept = batch.withoutRefused();

    assertThat(kept.size()).isEqualTo(1);
    assertThat(kept.series(0).metric().name()).isEqualTo("memory_percent");
    assertThat(kept.value(0)).isEqualTo(50);
    assertThat(kept.machineId()).isEqualTo("a");
    assertThat(kept.epoch()).isEqualTo(EPOCH);
    assertThat(kept.seq()).isEqualTo(7);
    assertThat(kept.observedAt()).isEqualTo(Instant.ofEpochSecond(1));
    assertThat(kept.topProcesses()).containsExactly(process);
    assertThat(kept.replay()).isTrue();
  }

  @Test
  void withoutRefusedSamplesIsItselfWhereThereAreNone() {
    var batch = batch(1, series("cpu_percent", "load_avg_1m"), 1, 2);

    assertThat(batch.withoutRefused()).isSameAs(batch);
  }

  @Test
  void withoutRefusedSamplesMayBeEmpty() {
    assertThat(batch(1, series("cpu_percent"), 101).withoutRefused().size()).isZero();
  }

  @Test
  void becomesAReplayWithTheSameSamples() {
    var batch = batch(3, series("cpu_percent"), 5);

    assertThat(batch.withReplay(false)).isSameAs(batch);
    assertThat(batch.withReplay(true).replay()).isTrue();
    assertThat(batch.withReplay(true).seq()).isEqualTo(3);
    assertThat(batch.withReplay(true).value(0)).isEqualTo(5);
  }

  @Test
  void refusesArraysOfDifferentLength() {
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> batch(1, series("cpu_percent"), 1, 2))
        .withMessageContaining("1 series and 2 values");
  }

  @Test
  void refusesASeqBelowOne() {
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> batch(0, series("cpu_percent"), 1))
        .withMessageContaining("seq 0");
  }

  private static Batch batch(long seq, Series[] series, double... values) {
    return new Batch("a", EPOCH, seq, 0, series, values, List.of(), false);
  }

  private Series[] series(String... metrics) {
    return IntStream.range(0, metrics.length)
        .mapToObj(i -> registry.intern("a", metrics[i], Labels.empty()).orElseThrow())
        .toArray(Series[]::new);
  }
}
