package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.HistoryStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every {@link HistoryStore} must do. Retention is to be the default: 48 hours, 30 days, 2
 * years. Each test begins with an empty store.
 */
public abstract class HistoryStoreContract extends HistoryQueryContract {
  private static final UUID OTHER_EPOCH = new UUID(2, 2);

  /** For subclasses. */
  protected HistoryStoreContract() {}

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
    void keepsSeriesApartThatHaveTheSameIndex() {
      // As one that was forgotten while its samples waited, and the one that got its index.
      var before = new BatchBuilder(new SeriesRegistry(), "a", 1, begin.plusSeconds(1));
      var after = new BatchBuilder(new SeriesRegistry(), "b", 1, begin.plusSeconds(2));
      append(before.sample("cpu_percent", 1), after.sample("memory_percent", 2));
      append(batch("b", 2, 3).sample("memory_percent", 3));

      assertThat(only(ask("cpu_percent")).machineId()).isEqualTo("a");
      assertThat(only(ask("cpu_percent")).values()).containsExactly(1);
      assertThat(only(ask("memory_percent")).machineId()).isEqualTo("b");
      assertThat(only(ask("memory_percent")).values()).containsExactly(2, 3);
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
      reopen();
      append(
          batch("a", 1, 1).sample("disk_percent", ROOT, 1),
          batch("a", 2, 2).sample("disk_percent", ROOT, 2));

      assertThat(only(ask("disk_percent")).values()).containsExactly(1, 2);
      assertThat(store.committed("a").get(BatchBuilder.EPOCH))
          .isEqualTo(new SeqRanges(List.of(new SeqRange(1, 2))));
    }
  }

  @Nested
  class Newest {
    // Within the hour before now.
    private static final long SINCE = 7_000;

    @Test
    void isNothingInAnEmptyStore() {
      assertThat(newest()).isEmpty();
    }

    @Test
    void isTheNewestSampleOfEachSeriesByMachine() {
      append(
          batch("a", 1, SINCE + 10)
              .sample("cpu_percent", 1)
              .sample("disk_percent", ROOT, 2)
              .sample("disk_percent", HOME, 3),
          batch("a", 2, SINCE + 15).sample("cpu_percent", 0.1 + 0.2),
          batch("b", 1, SINCE + 12).sample("cpu_percent", 5));

      var found = newest();

      assertThat(found).containsOnlyKeys("a", "b");
      assertThat(found.get("a"))
          .containsExactlyInAnyOrder(
              new Sample("cpu_percent", Labels.empty(), second(SINCE + 15), 0.1 + 0.2),
              new Sample("disk_percent", ROOT, second(SINCE + 10), 2),
              new Sample("disk_percent", HOME, second(SINCE + 10), 3));
      assertThat(found.get("b"))
          .containsExactly(new Sample("cpu_percent", Labels.empty(), second(SINCE + 12), 5));
    }

    @Test
    void leavesOutWhatIsOlder() {
      append(
          batch("a", 1, SINCE - 1).sample("cpu_percent", 1).sample("process_count", 1),
          batch("a", 2, SINCE).sample("process_count", 2),
          batch("b", 1, SINCE - 1).sample("cpu_percent", 1));

      assertThat(newest())
          .isEqualTo(
              Map.of("a", List.of(new Sample("process_count", Labels.empty(), second(SINCE), 2))));
    }

    @Test
    void isNotReplacedByALateSample() {
      append(batch("a", 2, SINCE + 20).sample("cpu_percent", 20));
      append(batch("a", 1, SINCE + 10).sample("cpu_percent", 10));

      assertThat(newest().get("a")).extracting(Sample::value).containsExactly(20.0);
    }

    @Test
    void followsEachAppendAndOutlivesTheStore() {
      append(batch("a", 1, SINCE + 10).sample("cpu_percent", 10));
      append(batch("a", 2, SINCE + 20).sample("cpu_percent", 20));
      assertThat(newest().get("a")).extracting(Sample::value).containsExactly(20.0);

      reopen();

      assertThat(newest().get("a")).extracting(Sample::value).containsExactly(20.0);
    }

    private Map<String, List<Sample>> newest() {
      return store.newest(second(SINCE));
    }

    private Instant second(long second) {
      return begin.plusSeconds(second);
    }
  }
}
