package io.sysmonstm.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sysmonstm.api.Aggregation;
import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.Labels;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random samples, a fifth of them late, some of the same time, against a plain computation. */
class HistoryRollupTest {
  private record Point(long millis, double value) {}

  private static final Labels CORE = Labels.of("core", "0");
  private static final Duration SPAN = Duration.ofHours(30);

  private final Instant begin = HistoryFixture.NOW.minus(SPAN);
  // In order of arrival.
  private final List<Point> arrived = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void answersEqualAPlainComputationHoweverMuchIsSealed(long seed, @TempDir Path directory) {
    var random = new Random(seed);
    try (var history = new HistoryFixture(directory)) {
      long seq = 1;
      for (int round = 0; round < 12; round++) {
        var batches = new ArrayList<Batch>();
        for (int i = 0; i < 60; i++) {
          batches.add(randomBatch(history, random, seq++));
        }
        history.store.append(batches);
        if (random.nextBoolean()) {
          history.store.upkeep().seal(1);
        }
      }
      assertAllAnswersEqual(history);
      history.store.upkeep().full();
      assertAllAnswersEqual(history);
      history.reopen();
      assertAllAnswersEqual(history);
    }
  }

  private Batch randomBatch(HistoryFixture history, Random random, long seq) {
    long newest = seq * SPAN.toMillis() / 721;
    long late = random.nextInt(5) == 0 ? random.nextLong(newest + 1) : 0;
    // Whole minutes now and then, so that samples share a time and lie on the edge of a bucket.
    long offset = random.nextInt(3) == 0 ? (newest - late) / 60_000 * 60_000 : newest - late;
    double value = random.nextInt(4) == 0 ? 50 : random.nextDouble() * 100;
    arrived.add(new Point(begin.toEpochMilli() + offset, value));
    return history
        .batch("a", seq, begin.plusMillis(offset))
        .sample("cpu_percent_per_core", CORE, value)
        .sample("cpu_percent", 100 - value)
        .build();
  }

  private void assertAllAnswersEqual(HistoryFixture history) {
    for (var step : List.of("PT1M", "PT10M", "PT1H", "PT6H", "PT7S", "PT90S")) {
      for (var aggregation : Aggregation.values()) {
        assertEqual(history, Duration.parse(step), aggregation);
      }
    }
    var raw = ask(history, query().maxPoints(10_000).build());
    var sorted = arrived.stream().sorted((a, b) -> Long.compare(a.millis, b.millis)).toList();
    assertThat(raw.series().getFirst().timesMillis())
        .containsExactly(sorted.stream().mapToLong(Point::millis).toArray());
    assertThat(raw.series().getFirst().values())
        .containsExactly(sorted.stream().mapToDouble(Point::value).toArray());
  }

  private void assertEqual(HistoryFixture history, Duration step, Aggregation aggregation) {
    var buckets = new TreeMap<Long, List<Point>>();
    for (var point : arrived) {
      long bucket = Math.floorDiv(point.millis, step.toMillis()) * step.toMillis();
      if (bucket >= begin.toEpochMilli()) {
        buckets.computeIfAbsent(bucket, first -> new ArrayList<>()).add(point);
      }
    }
    var found =
        ask(history, query().step(step).aggregation(aggregation).build()).series().getFirst();

    assertThat(found.timesMillis())
        .containsExactly(buckets.keySet().stream().mapToLong(Long::longValue).toArray());
    assertThat(found.values())
        .as("%s of %s", aggregation, step)
        .containsExactly(
            buckets.values().stream().mapToDouble(points -> value(points, aggregation)).toArray(),
            within(aggregation == Aggregation.AVG ? 1e-9 : 0));
  }

  private static double value(List<Point> points, Aggregation aggregation) {
    var values = points.stream().mapToDouble(Point::value);
    return switch (aggregation) {
      case AVG -> values.average().orElseThrow();
      case MIN -> values.min().orElseThrow();
      case MAX -> values.max().orElseThrow();
      case LAST ->
          points.stream().reduce((a, b) -> b.millis >= a.millis ? b : a).orElseThrow().value;
    };
  }

  private HistoryQuery.Builder query() {
    return HistoryQuery.builder(
        "cpu_percent_per_core", begin, HistoryFixture.NOW.plus(Duration.ofHours(1)));
  }

  private static HistoryResult ask(HistoryFixture history, HistoryQuery query) {
    return history.store.query(query);
  }
}
