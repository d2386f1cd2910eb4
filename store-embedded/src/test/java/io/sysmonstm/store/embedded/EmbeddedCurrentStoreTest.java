package io.sysmonstm.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedCurrentStoreTest {
  private final ManualTime time = new ManualTime();
  private TestContext context;
  private EmbeddedCurrentStore store;

  @BeforeEach
  void open(@TempDir Path directory) {
    context = new TestContext(time, directory);
    store = open();
  }

  private EmbeddedCurrentStore open() {
    return EmbeddedCurrentStore.builder(context).maxMachines(2).build();
  }

  @AfterEach
  void close() {
    store.close();
    context.close();
  }

  @Test
  void countsMachinesBeyondTheBound() {
    for (var machine : new String[] {"a", "b", "c", "a"}) {
      store.update(batch(machine, time.instant()).sample("cpu_percent", 1).event());
    }

    assertThat(store.machines()).extracting(MachineState::machineId).containsExactly("a", "b");
    assertThat(context.metrics().collect())
        .filteredOn(reading -> reading.name().equals("current_batches_refused_total"))
        .extracting(SelfMetrics.Reading::value)
        .containsExactly(1.0);
  }

  @Test
  void aMachineThatWasSilentForADayMakesRoom() {
    store.update(batch("a", time.instant()).sample("cpu_percent", 1).event());
    time.advance(Duration.ofHours(1));
    store.update(batch("b", time.instant()).sample("cpu_percent", 1).event());
    time.advance(Duration.ofHours(23));
    store.update(batch("c", time.instant()).sample("cpu_percent", 1).event());

    assertThat(store.machines()).extracting(MachineState::machineId).containsExactly("b", "c");
    store.close();
    store = open();
    assertThat(store.machines()).extracting(MachineState::machineId).containsExactly("b", "c");
  }

  @Test
  void whoWasForgottenStaysSoWhateverHappensThen() {
    store.update(batch("a", time.instant()).sample("cpu_percent", 1).event());
    store.update(batch("b", time.instant()).sample("cpu_percent", 1).event());
    store.close();
    store = open();
    store.forget("a");
    // As after a kill -9, without the end of the first.
    try (var next = open()) {
      assertThat(next.machines()).extracting(MachineState::machineId).containsExactly("b");
    }
  }

  @Test
  void afterARestartWhoIsDownIsKnownWithAllButTheSamples() {
    var seen = time.instant();
    var event =
        new MetricsEvent(
            batch("a", seen).sample("cpu_percent", 1).build(),
            Resource.builder("host-a")
                .os("Linux")
                .logicalCpus(8)
                .memoryBytes(16L << 30)
                .bootTime(seen.minusSeconds(3600))
                .tags(Map.of("env", "prod", "room", "läb \"1\""))
                .build(),
            Duration.ofSeconds(7),
            seen);
    store.update(event);
    store.close();
    time.advance(Duration.ofHours(2));
    store = open();

    var state = store.machine("a").orElseThrow();
    assertThat(state.samples()).isEmpty();
    assertThat(state.lastSeen()).isEqualTo(seen);
    assertThat(state.interval()).isEqualTo(Duration.ofSeconds(7));
    assertThat(state.resource()).isEqualTo(event.resource());
    assertThat(store.machines()).hasSize(1);

    store.update(batch("a", time.instant()).sample("cpu_percent", 2).event());
    assertThat(store.machine("a").orElseThrow().samples()).hasSize(1);
    assertThat(store.machine("a").orElseThrow().lastSeen()).isEqualTo(time.instant());
  }

  @Test
  void whoWasSeenByAClockThatWasAheadWasSeenAtTheStart() {
    store.update(batch("a", time.instant()).sample("cpu_percent", 1).event());
    store.close();
    time.setWall(time.instant().minus(Duration.ofHours(1)));
    store = open();
    assertThat(store.machine("a").orElseThrow().lastSeen()).isEqualTo(time.instant());

    time.advance(Duration.ofSeconds(5));
    store.update(batch("a", time.instant()).sample("cpu_percent", 2).event());
    assertThat(store.machine("a").orElseThrow().lastSeen()).isEqualTo(time.instant());
  }

  @Test
  void whoEndsWithoutAWordLosesAMinute() {
    store.update(batch("a", time.instant()).sample("cpu_percent", 1).event());
    time.advance(Roster.PERIOD);
    var written = time.instant();
    store.update(batch("a", written).sample("cpu_percent", 1).event());

    Eventually.until(
        "it is in the file",
        () -> {
          try (var other = open()) {
            return other.machine("a").filter(it -> it.lastSeen().equals(written)).isPresent();
          }
        });
  }

  @Test
  void aFileThatCannotBeReadCostsTheMachinesOfBeforeAlone() throws IOException {
    store.close();
    Files.writeString(context.dataDirectory().resolve("current.db"), "no database ".repeat(1000));
    store = open();

    assertThat(store.machines()).isEmpty();
    store.update(batch("a", time.instant()).sample("cpu_percent", 1).event());
    assertThat(store.machines()).hasSize(1);
    assertThat(store.health().isOk()).isTrue();
  }

  @Test
  void letsNothingExpireWhenTheWallClockIsSet() {
    store.update(batch("a", time.instant()).sample("cpu_percent", 1).event());

    time.setWall(time.instant().plus(Duration.ofDays(400)));

    assertThat(store.machine("a").orElseThrow().samples()).hasSize(1);
  }

  @Test
  void takesOlderLookingSamplesOnceTheOthersExpired() {
    var before = time.instant();
    store.update(batch("a", before).sample("cpu_percent", 1).event());
    time.advance(Duration.ofMinutes(4));
    var setBack = before.minus(Duration.ofHours(1));
    store.update(batch("a", setBack).sample("cpu_percent", 2).event());
    assertThat(value()).isEqualTo(1);

    time.advance(Duration.ofSeconds(61));
    store.update(batch("a", setBack.plusSeconds(5)).sample("cpu_percent", 3).event());

    assertThat(value()).isEqualTo(3);
  }

  @Test
  void letsASeriesExpireByItself() {
    store.update(
        batch("a", time.instant()).sample("cpu_percent", 1).sample("memory_percent", 2).event());
    time.advance(Duration.ofMinutes(3));
    store.update(batch("a", time.instant()).sample("cpu_percent", 3).event());
    time.advance(Duration.ofMinutes(3));

    assertThat(store.machine("a").orElseThrow().samples())
        .extracting(Sample::metric)
        .containsExactly("cpu_percent");
  }

  @Test
  void forgetsSeriesWithTheRegistry() {
    var registry =
        new SeriesRegistry(2_000, 10_000, SeriesRegistry.DEFAULT_FORGET_AFTER, time::nanoTime);
    var machine = new CurrentMachine("a", Instant.MIN);
    for (int turn = 0; turn < 20; turn++) {
      time.advance(SeriesRegistry.DEFAULT_FORGET_AFTER);
      var batch = new BatchBuilder(registry, "a", turn + 1, time.instant());
      for (int i = 0; i < 60; i++) {
        batch.sample("metric_%d_%d".formatted(turn, i), i);
      }
      machine.update(batch.event(), time.nanoTime(), Duration.ofMinutes(5).toNanos());
    }

    assertThat(machine.slots()).isLessThanOrEqualTo(4 * 64);
    assertThat(machine.state(time.nanoTime()).orElseThrow().samples())
        .hasSize(60)
        .extracting(Sample::metric)
        .contains("metric_19_0", "metric_19_59");
  }

  @Test
  void findsSeriesWhateverTheirOrderInABatch() {
    var at = time.instant();
    var first = batch("a", at);
    var second = batch("a", at.plusSeconds(5));
    for (int i = 0; i < 200; i++) {
      first.sample("metric_" + i, i);
      second.sample("metric_" + (199 - i), 1000 + (199 - i));
    }
    store.update(first.event());
    store.update(second.event());

    assertThat(store.machine("a").orElseThrow().samples())
        .hasSize(200)
        .allSatisfy(
            sample ->
                assertThat(sample.metric()).isEqualTo("metric_" + (int) (sample.value() - 1000)));
  }

  @Test
  void showsAllOfABatchOrNothingOfIt() throws InterruptedException, ExecutionException {
    var at = time.instant();
    store.update(cycle(at, 0));
    var writing =
        context
            .executor()
            .submit(
                () -> {
                  for (int cycle = 1; cycle < 3_000; cycle++) {
                    store.update(cycle(at, cycle));
                  }
                });
    while (!writing.isDone()) {
      var samples = store.machine("a").orElseThrow().samples();
      assertThat(samples)
          .hasSize(50)
          .allMatch(sample -> sample.value() == samples.getFirst().value());
    }
    writing.get();
  }

  @Test
  void refusesATimeToLiveThatIsNone() {
    var builder = EmbeddedCurrentStore.builder(context).timeToLive(Duration.ZERO);

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(builder::build)
        .withMessage("current.ttl is 0s: expected 1s to 365d");
  }

  private MetricsEvent cycle(Instant begin, int cycle) {
    var batch = batch("a", begin.plusMillis(cycle));
    for (int i = 0; i < 50; i++) {
      batch.sample("metric_" + i, cycle);
    }
    return batch.event();
  }

  private double value() {
    return store.machine("a").orElseThrow().samples().getFirst().value();
  }

  private BatchBuilder batch(String machine, Instant at) {
    return new BatchBuilder(context.series(), machine, 1, at);
  }
}
