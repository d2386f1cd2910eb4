package io.sysmonstm.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.SeriesRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SampleTextsTest {
  private final SampleTexts texts = new SampleTexts();

  private static Series series(SeriesRegistry registry, String machine, String metric, int core) {
    return registry.intern(machine, metric, Labels.of("core", "é\"" + core)).orElseThrow();
  }

  private String written(Series series, double value) {
    return written(new Series[] {series}, value);
  }

  private String written(Series[] series, double value) {
    var values = new double[series.length];
    Arrays.fill(values, value);
    var batch = new Batch("web-1", new UUID(0, 1), 1, 1_000, series, values, List.of(), false);
    return new String(texts.between("<".getBytes(UTF_8), batch, ">".getBytes(UTF_8)), UTF_8);
  }

  private static String expected(Series series, double value) {
    var sample =
        Json.bytes(
            json -> ValueWriter.sample(json, series.metric().name(), series.labels(), value));
    return "<" + new String(sample, UTF_8) + ">";
  }

  @Test
  void everyNumberIsWrittenAsTheGeneratorWritesIt() {
    var one = series(new SeriesRegistry(), "web-1", "cpu_percent", 1);
    var random = new Random(3);
    for (int i = 0; i < 5_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(written(one, value)).isEqualTo(expected(one, value));
      }
    }
    for (double value :
        new double[] {
          0,
          -0.0,
          1,
          -1,
          0.1,
          1e15,
          -1e15,
          999_999_999_999_999.0,
          1e-7,
          1e300,
          Double.MIN_VALUE,
          -Double.MAX_VALUE,
          41.5,
          100.0 / 3
        }) {
      assertThat(written(one, value)).isEqualTo(expected(one, value));
    }
  }

  @Test
  void seriesOfOneIndexInTwoRegistriesAreNotTakenForEachOther() {
    var one = series(new SeriesRegistry(), "web-1", "cpu_percent", 1);
    var other = series(new SeriesRegistry(), "web-1", "cpu_percent", 2);
    for (int i = 0; i < 3; i++) {
      assertThat(written(one, i)).isEqualTo(expected(one, i));
      assertThat(written(other, i)).isEqualTo(expected(other, i));
    }
  }

  @Test
  void moreTextsThanThereIsRoomForAreWrittenTheSameWay() {
    var registry = new SeriesRegistry(10_000, 10_000);
    var end = "x".repeat(1_000);
    for (int number = 0; number < 10_000; number++) {
      var labels = Labels.of("mount", number + end);
      var one = registry.intern("web-1", "disk_percent", labels).orElseThrow();
      assertThat(written(one, number)).isEqualTo(expected(one, number));
    }
    var first = registry.intern("web-1", "disk_percent", Labels.of("mount", 0 + end)).orElseThrow();
    assertThat(written(first, 7)).isEqualTo(expected(first, 7));
  }

  @Test
  void manyLongSamplesFindRoom() {
    var registry = new SeriesRegistry();
    var labels = Labels.of("mount", "/" + "x".repeat(500));
    var one = registry.intern("web-1", "disk_percent", labels).orElseThrow();
    var all = new Series[300];
    Arrays.fill(all, one);
    var sample = expected(one, 1.25).substring(1).replace(">", "");
    assertThat(written(all, 1.25))
        .isEqualTo("<" + String.join(",", java.util.Collections.nCopies(300, sample)) + ">");
    assertThat(written(all, Double.NaN)).isEqualTo("<>");
  }
}
