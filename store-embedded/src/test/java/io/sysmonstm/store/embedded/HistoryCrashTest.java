package io.sysmonstm.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Aggregation;
import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.TestContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that appends and seals is killed; what it said was durable is there, and once. */
class HistoryCrashTest {
  private static final Instant BEGIN = HistoryFixture.NOW.minus(Duration.ofHours(6));
  private static final List<String> MACHINES = List.of("a", "b", "c");
  private static final int KILLS = 4;

  @Test
  void keepsWhatWasAppendedBeforeAKill(@TempDir Path directory) throws Exception {
    var random = new Random(7);
    long written = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      written = killedAfter(directory, written + 1, 30 + random.nextInt(150));
      written = assertWhole(directory, written);
    }
  }

  /** Runs a writer and kills it; returns the last number that it said was appended. */
  private static long killedAfter(Path directory, long firstSeq, int appends)
      throws IOException, InterruptedException, URISyntaxException {
    var process = OtherProcess.start(Writer.class, directory, Long.toString(firstSeq));
    long last = firstSeq - 1;
    try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = Long.parseLong(line);
        if (last == firstSeq + appends) {
          // By its handle, which leaves the pipe open: what it said before is still to be read.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(last).isGreaterThanOrEqualTo(firstSeq + appends);
    return last;
  }

  /** Checks that all up to a number is there, and once; returns the last that is there. */
  private static long assertWhole(Path directory, long announced) {
    try (var context = new TestContext(new ManualTime(HistoryFixture.NOW), directory);
        var store = EmbeddedHistoryStore.builder(context).build()) {
      var committed = store.committed("a").getOrDefault(BatchBuilder.EPOCH, new SeqRanges());
      long last = committed.ranges().getLast().last();
      assertThat(last).isBetween(announced, announced + 1);
      assertThat(committed).isEqualTo(new SeqRanges(List.of(new SeqRange(1, last))));

      assertEachOnce(store, last);
      for (long seq = 1; seq <= last; seq++) {
        store.append(batches(context.series(), seq));
      }
      assertEachOnce(store, last);
      return last;
    }
  }

  private static void assertEachOnce(EmbeddedHistoryStore store, long last) {
    var query = HistoryQuery.builder("load_avg_1m", BEGIN, HistoryFixture.NOW);
    var raw = store.query(query.maxPoints(50_000).build()).series();
    assertThat(raw).extracting(HistorySeries::machineId).isEqualTo(MACHINES);
    assertThat(raw)
        .allSatisfy(
            series ->
                assertThat(series.values())
                    .containsExactly(LongStream.rangeClosed(1, last).asDoubleStream().toArray()));

    var minutes =
        store.query(query.step(Duration.ofMinutes(1)).aggregation(Aggregation.MAX).build());
    assertThat(minutes.series())
        .allSatisfy(series -> assertThat(series.values()).hasSize((int) (last / 60 + 1)));
  }

  private static List<Batch> batches(SeriesRegistry registry, long seq) {
    var batches = new ArrayList<Batch>();
    for (var machine : MACHINES) {
      var batch = new BatchBuilder(registry, machine, seq, BEGIN.plusSeconds(seq));
      batch.sample("load_avg_1m", (double) seq);
      for (int i = 0; i < 20; i++) {
        batch.sample("metric_" + i, seq * 100.0 + i);
      }
      batches.add(batch.build());
    }
    return batches;
  }

  /** The process that is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      var context = new TestContext(TimeSource.system(), Path.of(arguments[0]));
      var store = EmbeddedHistoryStore.builder(context).build();
      for (long seq = Long.parseLong(arguments[1]); ; seq++) {
        store.append(batches(context.series(), seq));
        System.out.println(seq);
        System.out.flush();
        if (seq % 7 == 0) {
          store.upkeep().seal(1);
        }
      }
    }
  }
}
