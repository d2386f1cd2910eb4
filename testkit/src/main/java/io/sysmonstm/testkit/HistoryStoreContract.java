package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sysmonstm.api.Aggregation;
import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resolution;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.ProviderContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link HistoryStore} must do. Retention is to be the default: 48 hours, 30 days, 2
 * years. Each test begins with an empty store.
 */
public abstract class HistoryStoreContract {
  private static final UUID OTHER_EPOCH = new UUID(2, 2);
  private static final Labels ROOT = Labels.of("mount", "/");
  private static final Labels HOME = Labels.of("mount", "/home");

  // A whole hour, so that buckets begin where the tests say.
  private final ManualTime time = new ManualTime(Instant.now().truncatedTo(ChronoUnit.HOURS));
  private final Instant begin = time.instant().minus(Duration.ofHours(2));
  private TestContext context;
  private HistoryStore store;

  /** For subclasses. */
  protected HistoryStoreContract() {}

  /**
   * Opens a store. Called once in each test, for an empty store, and again after that was closed,
   * for one that still has what was written.
   *
   * @param context with a data directory of this test alone
   * @return an open store, which the contract closes
   */
  protected abstract HistoryStore create(ProviderContext context);

  @BeforeEach
  void open(@TempDir Path directory) {
    context = new TestContext(time, directory);
    store = create(context);
  }

  @AfterEach
  void close() {
    store.close();
    context.close();
  }

  @Nested
  class Appending {
    @Test
    void keepsSamplesWithTheirOwnTimesAndExactValues() {
      append(
          batch("a", 1, 1).sample("cpu_percent", 0.1 + 0.2),
          batch("a", 2, 6).sample("cpu_percent", 100),
          batch("a", 3, 12).sample("cpu_percent", 33.333333333333336));

      var series = only(ask("cpu_percent"));

      assertThat(series.timesMillis()).containsExactly(at(1), at(6), at(12));
      assertThat(series.values()).containsExactly(0.1 + 0.2, 100, 33.333333333333336);
    }

    @Test
    void writesABatchThatIsSentAgainOnce() {
      append(batch("a", 1, 1).sample("cpu_percent", 1));
      append(
          batch("a", 1, 1).sample("cpu_percent", 1),
          batch("a", 2, 2).sample("cpu_percent", 2),
          batch("a", 2, 2).sample("cpu_percent", 2));

      assertThat(only(ask("cpu_percent")).values()).containsExactly(1, 2);
    }

    @Test
    void leavesOutACommittedSeqWhateverItCarries() {
      append(batch("a", 1, 1).sample("cpu_percent", 1));
      append(batch("a", 1, 9).sample("cpu_percent", 9).sample("process_count", 9));

      assertThat(only(ask("cpu_percent")).values()).containsExactly(1);
      assertThat(ask("process_count").series()).isEmpty();
    }

    @Test
    void takesTheSameSeqOfAnotherEpochOrMachine() {
      append(
          batch("a", 1, 1).sample("cpu_percent", 1),
          batch("a", 1, 2).epoch(OTHER_EPOCH).sample("cpu_percent", 2),
          batch("b", 1, 3).sample("cpu_percent", 3));

      var found = ask("cpu_percent").series();

      assertThat(found).extracting(HistorySeries::machineId).containsExactly("a", "b");
      assertThat(found.getFirst().values()).containsExactly(1, 2);
      assertThat(found.getLast().values()).containsExactly(3);
    }

    @Test
    void keepsTwoBatchesOfTheSameTime() {
      append(batch("a", 1, 5).sample("cpu_percent", 1), batch("a", 2, 5).sample("cpu_percent", 2));

      var series = only(ask("cpu_percent"));

      assertThat(series.timesMillis()).containsExactly(at(5), at(5));
      assertThat(series.values()).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void doesNotKeepSamplesOfCounters() {
      append(batch("a", 1, 1).sample("net_rx_bytes", 7).sample("cpu_percent", 7));

      assertThat(ask("net_rx_bytes").series()).isEmpty();
      assertThat(only(ask("cpu_percent")).values()).containsExactly(7);
    }

    @Test
    void commitsABatchWithoutSamples() {
      append(batch("a", 1, 1));

      assertThat(store.committed("a")).containsKey(BatchBuilder.EPOCH);
    }

    @Test
    void sortsLateSamplesIn() {
      append(batch("a", 2, 20).sample("cpu_percent", 20));
      append(batch("a", 1, 10).sample("cpu_percent", 10));

      assertThat(only(ask("cpu_percent")).values()).containsExactly(10, 20);
    }

    @Test
    void takesNothingForNothing() {
      store.append(List.of());

      assertThat(store.health().isOk()).isTrue();
    }
  }

  @Nested
  class Committed {
    @Test
    void isEmptyForAMachineNeverSeen() {
      assertThat(store.committed("nobody")).isEmpty();
    }

    @Test
    void tellsRunsByEpoch() {
      append(
          batch("a", 1, 1).sample("cpu_percent", 1),
          batch("a", 2, 2).sample("cpu_percent", 1),
          batch("a", 5, 5).sample("cpu_percent", 1),
          batch("a", 7, 6).epoch(OTHER_EPOCH).sample("cpu_percent", 1),
          batch("b", 9, 6).sample("cpu_percent", 1));
      append(batch("a", 3, 3).sample("cpu_percent", 1));

      assertThat(store.committed("a"))
          .isEqualTo(
              Map.of(
                  BatchBuilder.EPOCH,
                  new SeqRanges(List.of(new SeqRange(1, 3), new SeqRange(5, 5))),
                  OTHER_EPOCH,
                  new SeqRanges(List.of(new SeqRange(7, 7)))));
    }

    @Test
    void outlivesTheStoreWithAllThatWasWritten() {
      append(batch("a", 1, 1).sample("disk_percent", ROOT, 1));
      store.close();
      store = create(context);
      append(
          batch("a", 1, 1).sample("disk_percent", ROOT, 1),
          batch("a", 2, 2).sample("disk_percent", ROOT, 2));

      assertThat(only(ask("disk_percent")).values()).containsExactly(1, 2);
      assertThat(store.committed("a").get(BatchBuilder.EPOCH))
          .isEqualTo(new SeqRanges(List.of(new SeqRange(1, 2))));
    }
  }

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

  /** Appends a sample for each second, whose value is the second. */
  private void fill(String machine, int fromSecond, int toSecond) {
    var batches = new ArrayList<Batch>();
    for (int second = fromSecond; second < toSecond; second++) {
      batches.add(batch(machine, 1 + second, second).sample("cpu_percent", second).build());
    }
    store.append(batches);
  }

  private void append(BatchBuilder... batches) {
    store.append(List.of(batches).stream().map(BatchBuilder::build).toList());
  }

  private BatchBuilder batch(String machine, long seq, long second) {
    return new BatchBuilder(context.series(), machine, seq, begin.plusSeconds(second));
  }

  private long at(long second) {
    return begin.plusSeconds(second).toEpochMilli();
  }

  private HistoryQuery.Builder span(String metric) {
    return HistoryQuery.builder(metric, begin, begin.plus(Duration.ofHours(1)));
  }

  private HistoryResult ask(String metric) {
    return store.query(span(metric).build());
  }

  private static HistorySeries only(HistoryResult result) {
    assertThat(result.series()).hasSize(1);
    return result.series().getFirst();
  }
}
