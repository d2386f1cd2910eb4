package io.sysmonstm.collector.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.TopProcess;
import java.util.Collections;
import java.util.HashMap;
import org.junit.jupiter.api.Test;

class SampleBufferTest {
  private final SeriesRegistry registry = new SeriesRegistry(50, 50);
  private final SampleBuffer buffer = new SampleBuffer(registry, "m1", 100);

  @Test
  void takesSamplesInOrder() {
    buffer.open();
    for (int core = 0; core < 40; core++) {
      buffer.add("cpu_percent_per_core", Labels.of("core", "" + core), core);
    }
    assertThat(buffer.size()).isEqualTo(40);
    assertThat(buffer.series(39)).hasToString("m1:cpu_percent_per_core{core=\"39\"}");
    assertThat(buffer.value(39)).isEqualTo(39);
    assertThat(buffer.refused()).isZero();
  }

  @Test
  void refusesBadNamesLabelsAndValuesWithoutThrowing() {
    buffer.open();
    buffer.add("Not-A-Name", 1);
    buffer.add("queue_depth", Labels.of("bad name", "x"), 1);
    buffer.add("queue_depth", Labels.of("queue", "line\nbreak"), 1);
    buffer.add("queue_depth", Double.NaN);
    buffer.add("queue_depth", Double.POSITIVE_INFINITY);
    buffer.add("cpu_percent", 101);
    buffer.add("memory_percent", -1);
    buffer.add("queue_depth", 3);
    assertThat(buffer.refused()).isEqualTo(7);
    assertThat(buffer.size()).isEqualTo(1);
  }

  @Test
  @SuppressWarnings("NullAway") // What careless sources do in spite of the contract.
  void refusesNullsWithoutThrowing() {
    var withNull = new HashMap<String, String>();
    withNull.put("queue", null);
    for (int reading = 0; reading < 2; reading++) {
      buffer.open();
      buffer.add(null, 1);
      buffer.add("queue_depth", null, 1);
      buffer.add("queue_depth", Labels.of(withNull), 1);
      assertThat(buffer.refused()).isEqualTo(3);
    }
  }

  @Test
  void findsTheSeriesAgainWhereTheOrderChanges() {
    buffer.open();
    buffer.add("a", 1);
    buffer.add("b", 2);
    buffer.open();
    buffer.add("b", 3);
    buffer.add("a", 4);
    buffer.add("c", 5);
    assertThat(buffer.series(0).metric().name()).isEqualTo("b");
    assertThat(buffer.series(1).metric().name()).isEqualTo("a");
    assertThat(buffer.series(2).metric().name()).isEqualTo("c");
    assertThat(registry.size()).isEqualTo(3);
  }

  @Test
  void isBoundedInSamplesAndInSeries() {
    buffer.open();
    for (int i = 0; i < 1_000; i++) {
      buffer.add("a", Labels.of("id", "" + i), i);
    }
    assertThat(buffer.size()).isEqualTo(50);
    assertThat(buffer.refused()).isEqualTo(950);
    buffer.open();
    for (int i = 0; i < 1_000; i++) {
      buffer.add("a", Labels.of("id", "0"), i);
    }
    assertThat(buffer.size()).isEqualTo(100);
    assertThat(buffer.refused()).isEqualTo(900);
  }

  @Test
  void ignoresWhatComesAfterTheReading() {
    buffer.open();
    buffer.add("a", 1);
    buffer.close();
    buffer.add("a", 2);
    buffer.topProcesses(Collections.nCopies(3, new TopProcess(1, "x", "root", 1, 1)));
    assertThat(buffer.size()).isEqualTo(1);
    assertThat(buffer.topProcesses()).isEmpty();
  }

  @Test
  void keepsTenProcessesAtTheMost() {
    buffer.open();
    buffer.topProcesses(Collections.nCopies(30, new TopProcess(1, "x", "root", 1, 1)));
    assertThat(buffer.topProcesses()).hasSize(10);
  }
}
