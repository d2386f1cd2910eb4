package io.sysmonstm.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MetricKind;
import org.junit.jupiter.api.Test;

class SelfMetricsTest {
  private final SelfMetrics metrics = new SelfMetrics();

  @Test
  void givesTheSameCounterForTheSameNameAndLabels() {
    var counter = metrics.counter("drops_total", "Drops.", Labels.of("why", "full"));
    counter.increment();

    assertThat(metrics.counter("drops_total", "Drops.", Labels.of("why", "full")))
        .isSameAs(counter);
    assertThat(metrics.counter("drops_total", "Drops.", Labels.of("why", "old")))
        .isNotSameAs(counter);
    assertThat(metrics.counter("drops_total", "Drops.")).isNotSameAs(counter);
  }

  @Test
  void collectsAllOrderedByNameAndLabels() {
    metrics.counter("b_total", "B.", Labels.of("x", "2")).add(2);
    metrics.counter("b_total", "B.", Labels.of("x", "1")).add(1);
    metrics.gauge("a_depth", "A.", Labels.empty(), () -> 7.5);

    assertThat(metrics.collect())
        .extracting(
            SelfMetrics.Reading::name,
            SelfMetrics.Reading::kind,
            SelfMetrics.Reading::labels,
            SelfMetrics.Reading::value)
        .containsExactly(
            tuple("a_depth", MetricKind.GAUGE, Labels.empty(), 7.5),
            tuple("b_total", MetricKind.COUNTER, Labels.of("x", "1"), 1.0),
            tuple("b_total", MetricKind.COUNTER, Labels.of("x", "2"), 2.0));
  }

  @Test
  void readsAGaugeAtEachCollectionAndReplacesOneOfTheSameName() {
    var value = new double[] {1};
    metrics.gauge("depth", "Depth.", Labels.empty(), () -> value[0]);
    value[0] = 2;
    assertThat(metrics.collect()).extracting(SelfMetrics.Reading::value).containsExactly(2.0);

    metrics.gauge("depth", "Depth.", Labels.empty(), () -> 9);

    assertThat(metrics.collect()).extracting(SelfMetrics.Reading::value).containsExactly(9.0);
  }
}
