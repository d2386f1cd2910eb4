package io.sysmonstm.json;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.SeriesRegistry;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The samples of an event while they are read. Cycles repeat one layout, so each sample is first
 * held against the series at its place in the cycle before: where they are the same, nothing is
 * made and nothing looked up. Confined to one thread.
 */
final class SampleReader {
  private static final Series[] NONE = {};

  private final ValueReader in;
  private final SeriesRegistry registry;
  private final String machineId;
  private final Series[] expected;
  private Series[] series;
  private double[] values;
  private int size;
  private int refused;
  private @Nullable String metric;
  private Labels labels = Labels.empty();
  private double value = Double.NaN;

  /**
   * Begins.
   *
   * @param expected the series of the cycle before, none where there is none
   */
  SampleReader(
      ValueReader in, SeriesRegistry registry, String machineId, Series @Nullable [] expected) {
    this.in = in;
    this.registry = registry;
    this.machineId = machineId;
    this.expected = expected == null ? NONE : expected;
    this.series = new Series[Math.max(16, this.expected.length)];
    this.values = new double[series.length];
  }

  /** Reads one sample; leaves it out where its series is over a bound or does not accept it. */
  void read() {
    var likely = likely();
    metric = null;
    labels = Labels.empty();
    value = Double.NaN;
    in.object(name -> property(name, likely));
    var name = metric;
    if (name == null) {
      throw new Unreadable("sample without metric");
    }
    var known =
        likely != null && likely.metric().name().equals(name) && likely.labels().equals(labels)
            ? likely
            : registry.intern(machineId, name, labels).orElse(null);
    if (known == null || !known.accepts(value)) {
      refused++;
    } else {
      add(known);
    }
  }

  private @Nullable Series likely() {
    var known = size < expected.length ? expected[size] : null;
    return known == null || known.isForgotten() ? null : known;
  }

  private void property(String name, @Nullable Series likely) {
    switch (name) {
      case "metric" -> metric = likely == null ? in.text() : in.text(likely.metric().name());
      case "labels" -> labels = in.labels(likely == null ? Labels.empty() : likely.labels());
      case "value" -> {
        if (!in.isNull()) {
          value = in.number();
        }
      }
      default -> in.skip();
    }
  }

  private void add(Series known) {
    if (size == series.length) {
      series = Arrays.copyOf(series, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    series[size] = known;
    values[size++] = value;
  }

  /** {@return whether the series are those of the cycle before} */
  boolean asExpected() {
    return Arrays.equals(series, 0, size, expected, 0, expected.length);
  }

  /** {@return the series; the array of the cycle before where they are the same} */
  Series[] series() {
    return asExpected() ? expected : Arrays.copyOf(series, size);
  }

  double[] values() {
    return size == values.length ? values : Arrays.copyOf(values, size);
  }

  int refused() {
    return refused;
  }
}
