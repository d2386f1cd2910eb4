package io.sysmonstm.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.testkit.BatchBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedHistoryStoreTest {
  private static final Instant NOW = HistoryFixture.NOW;

  private HistoryFixture history;

  @BeforeEach
  void open(@TempDir Path directory) {
    history = new HistoryFixture(directory);
  }

  @AfterEach
  void close() {
    history.close();
  }

  @Test
  void writesNothingWhileTheDiskIsFullAndGoesOnAfterwards() {
    fill("a", 1, 50);
    limitPages("PRAGMA page_count");

    int failedAt = appendUntilItFails();
    assertThat(history.store.health().problem())
        .hasValueSatisfying(problem -> assertThat(problem).contains("the disk is full"));
    assertThat(history.raw("a")).as("reading goes on").hasSizeGreaterThanOrEqualTo(50);

    limitPages("SELECT 1000000");
    fill("a", 1, failedAt + 10);

    assertThat(history.store.health().isOk()).isTrue();
    assertThat(history.raw("a")).containsExactly(values(1, failedAt + 10));
  }

  @Test
  void remembersNothingOfAnAppendThatWasUndone() {
    history.store.database().tend("limit", session -> session.ask("PRAGMA max_page_count = 1"));
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(
            () -> {
              for (int seq = 1; seq < 1000; seq++) {
                history.append(history.batch("m" + seq, 1, NOW).sample("cpu_percent", 1));
              }
            });
    limitPages("SELECT 1000000");
    for (int machine = 1; machine < 300; machine++) {
      history.append(history.batch("m" + machine, 1, NOW).sample("cpu_percent", machine % 100));
    }
    history.reopen();

    var all = HistoryQuery.builder("cpu_percent", NOW, NOW.plusSeconds(1)).build();
    assertThat(history.store.query(all).series()).hasSizeGreaterThanOrEqualTo(299);
  }

  @Test
  void deletesEachTierWhenItIsTooOldAndTheSeriesInTheEnd() {
    fill("a", 1, 100);
    history.store.upkeep().full();
    assertThat(rows("raw")).isPositive();

    passDays(3);
    assertThat(rows("raw")).isZero();
    assertThat(rows("rollup_1m")).isPositive();

    passDays(30);
    assertThat(rows("rollup_1m")).isZero();
    assertThat(rows("rollup_1h")).isPositive();
    assertThat(rows("committed")).isZero();

    history.reopen();
    passDays(700);
    assertThat(rows("rollup_1h")).isZero();
    assertThat(rows("series")).isZero();

    history.append(history.batch("a", 1000, history.time.instant()).sample("cpu_percent", 5));
    assertThat(rows("series")).isEqualTo(1);
  }

  @Test
  void keepsWhatIsNotTooOld() {
    fill("a", 1, 100);
    history.time.advance(Duration.ofHours(45));
    history.store.upkeep().full();

    assertThat(rows("raw")).isPositive();
    assertThat(rows("committed")).isPositive();
  }

  @Test
  void givesRoomBackToTheFileSystem() {
    var batches = new ArrayList<Batch>();
    for (int seq = 1; seq <= 400; seq++) {
      var batch = history.batch("a", seq, NOW.minusSeconds(4000 - seq));
      for (int i = 0; i < 200; i++) {
        batch.sample("metric_" + i, Math.sin(seq * i));
      }
      batches.add(batch.build());
    }
    history.store.append(batches);
    history.store.upkeep().full();
    long full = pages();

    passDays(3);

    assertThat(pages()).isLessThan(full / 2);
  }

  @Test
  void sealsTheJournalOfAMachineOnceThereIsEnoughOfIt() {
    fill("a", 1, 200);
    fill("b", 1, 10);

    history.store.upkeep().seal(180);

    assertThat(rows("journal")).isEqualTo(10);
    assertThat(history.raw("a")).containsExactly(values(1, 200));
    assertThat(history.raw("b")).containsExactly(values(1, 10));
  }

  @Test
  void neverMissesASampleWhileTheJournalIsSealed() throws InterruptedException, ExecutionException {
    var appended = new AtomicInteger();
    var appending =
        history
            .context
            .executor()
            .submit(
                () -> {
                  for (int seq = 1; seq <= 100; seq++) {
                    fill("a", seq, seq);
                    appended.set(seq);
                  }
                });
    var sealing =
        history
            .context
            .executor()
            .submit(
                () -> {
                  while (!appending.isDone()) {
                    history.store.upkeep().seal(1);
                  }
                });
    while (!appending.isDone()) {
      int least = appended.get();
      var found = history.raw("a");
      assertThat(found).hasSizeGreaterThanOrEqualTo(least);
      assertThat(found).containsExactly(values(1, found.length));
    }
    appending.get();
    sealing.get();
    assertThat(history.raw("a")).containsExactly(values(1, 100));
  }

  @Test
  void commitsButDoesNotKeepABatchOfAnImpossibleTime() {
    history.append(
        history.batch("a", 1, Instant.ofEpochMilli(-1)).sample("cpu_percent", 1),
        history.batch("a", 2, Instant.ofEpochMilli(Long.MAX_VALUE)).sample("cpu_percent", 2),
        history.batch("a", 3, NOW).sample("cpu_percent", 3));
    history.store.upkeep().full();

    assertThat(history.raw("a")).containsExactly(3);
    assertThat(history.store.committed("a").get(BatchBuilder.EPOCH))
        .hasToString("[SeqRange[first=1, last=3]]");
  }

  @Test
  void answersFromBothTiersAfterTheRawSamplesAreGone() {
    fill("a", 1, 100);
    history.store.upkeep().full();
    passDays(3);

    var query =
        HistoryQuery.builder("cpu_percent", NOW.minusSeconds(7200), NOW).maxPoints(60).build();

    assertThat(history.store.query(query).resolution().text()).isEqualTo("1m");
    assertThat(history.store.query(query).series()).hasSize(1);
  }

  @Test
  void refusesQuestionsThatAreWrongOrTooGreat() {
    var hourAgo = NOW.minusSeconds(3600);
    var dayAgo = NOW.minus(Duration.ofDays(1));
    assertRefused(HistoryQuery.builder("cpu_percent", NOW, NOW), "a begin before the end");
    assertRefused(HistoryQuery.builder("cpu_percent", Instant.MIN, NOW), "the years 1970 to 9999");
    assertRefused(HistoryQuery.builder("cpu_percent", NOW, Instant.MAX), "the years 1970 to 9999");
    assertRefused(HistoryQuery.builder("cpu_percent", hourAgo, NOW).maxPoints(0), "1 to 50000");
    assertRefused(
        HistoryQuery.builder("cpu_percent", hourAgo, NOW).maxPoints(50_001), "1 to 50000");
    assertRefused(
        HistoryQuery.builder("cpu_percent", hourAgo, NOW).step(Duration.ZERO), "1 ms or more");
    assertRefused(
        HistoryQuery.builder("cpu_percent", hourAgo, NOW).step(Duration.ofSeconds(-5)),
        "1 ms or more");
    assertRefused(
        HistoryQuery.builder("cpu_percent", dayAgo, NOW).step(Duration.ofSeconds(1)),
        "wider steps");
  }

  @Test
  void leavesOutADamagedChunkAndGoesOn() {
    fill("a", 1, 10);
    history.store.upkeep().full();
    history
        .store
        .database()
        .write(
            "spoil",
            session -> {
              session.execute("UPDATE raw SET chunk = zeroblob(20)");
              return true;
            });
    fill("a", 11, 20);

    assertThat(history.raw("a")).containsExactly(values(11, 20));
    history.store.upkeep().full();
    assertThat(history.raw("a")).containsExactly(values(11, 20));
  }

  @Test
  void refusesTimesThatDoNotFitTogether() {
    var builder =
        EmbeddedHistoryStore.builder(history.context)
            .keepRaw(Duration.ofMinutes(1))
            .keepMinutes(Duration.ofSeconds(30))
            .keepHours(Duration.ofSeconds(10));

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(builder::build)
        .satisfies(problem -> assertThat(problem.problems()).hasSize(3));
  }

  private void assertRefused(HistoryQuery.Builder query, String expected) {
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> history.store.query(query.build()))
        .withMessageContaining(expected)
        .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  /** Appends a batch for each number, whose sample is the number modulo 100. */
  private void fill(String machine, int first, int last) {
    var batches = new ArrayList<Batch>();
    for (int seq = first; seq <= last; seq++) {
      batches.add(
          history
              .batch(machine, seq, NOW.minusSeconds(7200 - seq))
              .sample("cpu_percent", seq % 100)
              .build());
    }
    history.store.append(batches);
  }

  private static double[] values(int first, int last) {
    return IntStream.rangeClosed(first, last).mapToDouble(seq -> seq % 100).toArray();
  }

  private int appendUntilItFails() {
    for (int seq = 51; seq < 5_000; seq++) {
      try {
        fill("a", seq, seq);
      } catch (StoreUnavailableException full) {
        return seq;
      }
    }
    throw new AssertionError("the disk never got full");
  }

  private void limitPages(String number) {
    history
        .store
        .database()
        .tend(
            "limit",
            session -> session.ask("PRAGMA max_page_count = " + session.askNumber(number)));
  }

  private void passDays(int days) {
    history.time.advance(Duration.ofDays(days));
    history.store.upkeep().full();
  }

  private long pages() {
    return history
        .store
        .database()
        .read("count", session -> session.askNumber("PRAGMA page_count"));
  }

  private long rows(String table) {
    return history
        .store
        .database()
        .read("count", session -> session.askNumber("SELECT count(*) FROM " + table));
  }
}
