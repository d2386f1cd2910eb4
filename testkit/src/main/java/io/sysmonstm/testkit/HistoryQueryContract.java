package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sysmonstm.api.Aggregation;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resolution;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every store of history must answer to questions: which series, raw points, buckets. */
abstract class HistoryQueryContract extends HistoryStoreFixture {
  @Nested
  class Series {
    @Test
    void areToldApartByLabelsAndOrderedByMachineAndLabels() {
      append(
          batch("b", 1, 1).sample("disk_percent", HOME, 3).sample("disk_percent", ROOT, 4),
          batch("a", 1, 1).sample("disk_percent", HOME, 1).sample("disk_percent", ROOT, 2));

      var found = ask("disk_percent").series();

      assertThat(found).extracting(HistorySeries::machineId).containsExactly("a", "a", "b", "b");
      assertThat(found).extracting(HistorySeries::labels).containsExactly(ROOT, HOME, ROOT, HOME);
      assertThat(found).allMatch(series -> series.metric().equals("disk_percent"));
      assertThat(found)
          .extracting(series -> series.values()[0])
          .containsExactly(2.0, 1.0, 4.0, 3.0);
    }

    @Test
    void areNarrowedByMachinesAndExactLabels() {
      var device = Labels.of(Map.of("mount", "/", "device", "sda\"1'\\ä"));
      append(
          batch("a", 1, 1).sample("disk_percent", device, 1).sample("disk_percent", HOME, 2),
          batch("b", 1, 1).sample("disk_percent", ROOT, 3),
          batch("c", 1, 1).sample("disk_percent", ROOT, 4));

      var query =
          span("disk_percent").machines(List.of("b", "a", "z")).labels(Map.of("mount", "/"));
      var found = store.query(query.build()).series();

      assertThat(found).extracting(HistorySeries::machineId).containsExactly("a", "b");
      assertThat(found.getFirst().labels()).isEqualTo(device);
      assertThat(store.query(query.labels(Map.of("mount", "/ho")).build()).series()).isEmpty();
      assertThat(store.query(query.labels(Map.of("' OR 1=1", "%")).build()).series()).isEmpty();
    }

    @Test
    void withoutPointsInTheSpanAreLeftOut() {
      append(batch("a", 1, 1).sample("cpu_percent", 1));

      var later =
          HistoryQuery.builder("cpu_percent", begin.plusSeconds(2), begin.plusSeconds(60)).build();

      assertThat(store.query(later).series()).isEmpty();
      assertThat(ask("never_heard_of").series()).isEmpty();
    }
  }

  @Nested
  class RawPoints {
    @Test
    void lieFromTheBeginToBeforeTheEnd() {
      append(
          batch("a", 1, 10).sample("cpu_percent", 1),
          batch("a", 2, 20).sample("cpu_percent", 2),
          batch("a", 3, 30).sample("cpu_percent", 3));

      var query =
          HistoryQuery.builder("cpu_percent", begin.plusSeconds(10), begin.plusSeconds(30)).build();
      var result = store.query(query);

      assertThat(result.resolution()).isEqualTo(Resolution.RAW);
      assertThat(result.step()).isZero();
      assertThat(only(result).values()).containsExactly(1, 2);
    }

    @Test
    void becomeBucketsWhereTheyAreMoreThanAskedFor() {
      fill("a", 0, 100);

      assertThat(store.query(span("cpu_percent").maxPoints(100).build()).step()).isZero();
      var result = store.query(span("cpu_percent").maxPoints(99).build());

      assertThat(result.step()).isPositive();
      assertThat(only(result).values().length).isBetween(1, 99);
    }
  }

  @Nested
  class Buckets {
    @Test
    void areAlignedAndMadeAsAskedFor() {
      append(
          batch("a", 1, 0).sample("cpu_percent", 10),
          batch("a", 2, 20).sample("cpu_percent", 40),
          batch("a", 3, 29).sample("cpu_percent", 20),
          batch("a", 4, 30).sample("cpu_percent", 70),
          batch("a", 5, 95).sample("cpu_percent", 80));

      assertThat(buckets(Aggregation.AVG, 30).values())
          .containsExactly(new double[] {70.0 / 3, 70, 80}, within(1e-9));
      assertThat(buckets(Aggregation.MIN, 30).values()).containsExactly(10, 70, 80);
      assertThat(buckets(Aggregation.MAX, 30).values()).containsExactly(40, 70, 80);
      assertThat(buckets(Aggregation.LAST, 30).values()).containsExactly(20, 70, 80);
      assertThat(buckets(Aggregation.LAST, 30).timesMillis())
          .as("begins of buckets; the one without samples is missing")
          .containsExactly(at(0), at(30), at(90));
    }

    @Test
    void ofWholeMinutesComeFromTheMinuteTierWithLateSamples() {
      fill("a", 0, 120);
      append(batch("a", 1000, 30).sample("cpu_percent", 100));

      var result = store.query(span("cpu_percent").step(Duration.ofMinutes(1)).build());
      var series = only(result);

      assertThat(result.resolution()).isEqualTo(Resolution.MINUTE);
      assertThat(result.step()).isEqualTo(Duration.ofMinutes(1));
      assertThat(series.timesMillis()).containsExactly(at(0), at(60));
      assertThat(series.values()[0]).isCloseTo((1770.0 + 100) / 61, within(1e-9));
      assertThat(series.values()[1]).isCloseTo(89.5, within(1e-9));
    }

    @Test
    void weighEachSampleTheSame() {
      append(batch("a", 1, 1).sample("cpu_percent", 90));
      append(
          LongStream.range(0, 9)
              .mapToObj(i -> batch("a", 2 + i, 60 + i).sample("cpu_percent", 0))
              .toArray(BatchBuilder[]::new));

      assertThat(buckets(Aggregation.AVG, 120).values()[0]).isCloseTo(9, within(1e-9));
    }

    @Test
    void beginInTheSpan() {
      fill("a", 0, 300);

      var query =
          HistoryQuery.builder("cpu_percent", begin.plusSeconds(61), begin.plusSeconds(240))
              .step(Duration.ofMinutes(1))
              .build();

      assertThat(only(store.query(query)).timesMillis()).containsExactly(at(120), at(180));
    }

    @Test
    void ofLongAgoComeFromTheTierThatStillHasThem() {
      var days = Duration.ofDays(10);
      var longAgo = begin.minus(days).truncatedTo(ChronoUnit.HOURS);
      for (int i = 0; i < 60; i++) {
        append(
            new BatchBuilder(context.series(), "a", 1 + i, longAgo.plusSeconds(60L * i))
                .sample("cpu_percent", i));
      }

      var minutes = history(longAgo, Duration.ofHours(1), 1000);
      var hours = history(longAgo.minus(Duration.ofDays(30)), Duration.ofDays(40), 1000);

      assertThat(minutes.resolution()).isEqualTo(Resolution.MINUTE);
      assertThat(only(minutes).values()).hasSize(60).contains(0, 59);
      assertThat(hours.resolution()).isEqualTo(Resolution.HOUR);
      assertThat(only(hours).values()).containsExactly(new double[] {29.5}, within(1e-9));
    }

    private HistorySeries buckets(Aggregation aggregation, int seconds) {
      return only(
          store.query(
              span("cpu_percent")
                  .step(Duration.ofSeconds(seconds))
                  .aggregation(aggregation)
                  .build()));
    }

    private HistoryResult history(Instant from, Duration length, int maxPoints) {
      return store.query(
          HistoryQuery.builder("cpu_percent", from, from.plus(length))
              .maxPoints(maxPoints)
              .build());
    }
  }
}
