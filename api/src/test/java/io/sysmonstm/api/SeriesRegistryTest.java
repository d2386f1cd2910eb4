package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class SeriesRegistryTest {
  private static final Duration FORGET_AFTER = Duration.ofHours(1);

  private long nanos = 42;
  private final SeriesRegistry registry = new SeriesRegistry(3, 5, FORGET_AFTER, () -> nanos);

  @Test
  void givesTheSameObjectForTheSameSeries() {
    var first = intern("a", "0");

    assertThat(intern("a", "0")).containsSame(first.orElseThrow());
    assertThat(intern("a", "1")).isPresent().isNotEqualTo(first);
    assertThat(intern("b", "0")).isPresent().isNotEqualTo(first);
    assertThat(registry.size()).isEqualTo(3);
  }

  @Test
  void numbersSeriesFromZeroWithoutGaps() {
    assertThat(List.of(intern("a", "0"), intern("a", "1"), intern("a", "0"), intern("b", "0")))
        .extracting(series -> series.orElseThrow().index())
        .containsExactly(0, 1, 0, 2);
  }

  @Test
  void boundsTheSeriesOfOneMachineAndStillFindsThoseThatExist() {
    for (int core = 0; core < 3; core++) {
      assertThat(intern("a", "" + core)).isPresent();
    }

    assertThat(intern("a", "3")).isEmpty();
    assertThat(intern("a", "2")).isPresent();
    assertThat(intern("b", "3")).as("others have room").isPresent();
  }

  @Test
  void boundsTheSeriesOfAllMachines() {
    for (int machine = 0; machine < 5; machine++) {
      assertThat(intern("m" + machine, "0")).isPresent();
    }

    assertThat(intern("m5", "0")).isEmpty();
    assertThat(intern("m4", "0")).isPresent();
    assertThat(registry.size()).isEqualTo(5);
    assertThat(registry.maxSeriesPerMachine()).isEqualTo(3);
  }

  @Test
  void knowsBuiltInMetricsAndDescribesOthers() {
    var builtIn = intern("a", "0").orElseThrow();
    var other = registry.intern("a", "my_queue_depth", Labels.empty()).orElseThrow();

    assertThat(builtIn.metric())
        .isSameAs(MetricRegistry.builtIn().describe("cpu_percent_per_core"));
    assertThat(other.metric().kind()).isEqualTo(MetricKind.GAUGE);
    assertThat(other.metric().unit()).isEqualTo(Unit.ONE);
    assertThat(other).hasToString("a:my_queue_depth{}");
  }

  @Test
  void refusesNamesThatAreNotValidAndKeepsTheRoom() {
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> registry.intern("a", "Not Valid", Labels.empty()))
        .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    assertThat(registry.size()).isZero();
  }

  @Test
  void givesOneObjectToManyThreads() throws InterruptedException, ExecutionException {
    var shared = new SeriesRegistry();
    Callable<List<Series>> all =
        () -> {
          var series = new ArrayList<Series>();
          for (int i = 0; i < 500; i++) {
            series.add(shared.intern("a", "metric_" + i, Labels.empty()).orElseThrow());
          }
          return series;
        };
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var distinct = new HashSet<List<Series>>();
      for (var result : executor.invokeAll(List.of(all, all, all, all))) {
        distinct.add(result.get());
      }
      assertThat(distinct).hasSize(1);
      assertThat(shared.size()).isEqualTo(500);
    }
  }

  @Test
  void tellsWhichValuesASeriesAccepts() {
    var percent = intern("a", "0").orElseThrow();
    var any = registry.intern("a", "balance", Labels.empty()).orElseThrow();
    var bytes = registry.intern("b", "memory_used_bytes", Labels.empty()).orElseThrow();

    assertThat(List.of(percent.accepts(0), percent.accepts(100))).containsOnly(true);
    assertThat(List.of(percent.accepts(-0.001), percent.accepts(100.001))).containsOnly(false);
    assertThat(List.of(any.accepts(-1e300), any.accepts(1e300))).containsOnly(true);
    assertThat(List.of(bytes.accepts(-1), bytes.accepts(Double.POSITIVE_INFINITY)))
        .containsOnly(false);
    for (var series : List.of(percent, any, bytes)) {
      assertThat(series.accepts(Double.NaN)).isFalse();
      assertThat(series.accepts(Double.POSITIVE_INFINITY)).isFalse();
      assertThat(series.accepts(Double.NEGATIVE_INFINITY)).isFalse();
    }
  }

  /** Each period ends with the first series that is added after it is over. */
  private void pass(String newMachine) {
    nanos += FORGET_AFTER.toNanos();
    assertThat(intern(newMachine, "0")).isPresent();
  }

  @Test
  void forgetsSeriesThatHadNoSampleForAPeriodAndGivesTheirIndexesToOthers() {
    var used = intern("a", "0").orElseThrow();
    var unused = intern("b", "1").orElseThrow();
    pass("c");
    assertThat(List.of(used, unused)).noneMatch(Series::isForgotten);

    assertThat(used.accepts(1)).isTrue();
    pass("d");

    assertThat(unused.isForgotten()).isTrue();
    assertThat(used.isForgotten()).isFalse();
    assertThat(intern("a", "0")).containsSame(used);
    assertThat(registry.size()).isEqualTo(3);
    assertThat(intern("d", "0").orElseThrow().index()).isEqualTo(unused.index());
  }

  @Test
  void aForgottenSeriesComesBackAsAnotherObject() {
    var before = intern("a", "0").orElseThrow();
    pass("b");
    pass("c");

    var after = intern("a", "0").orElseThrow();

    assertThat(before.isForgotten()).isTrue();
    assertThat(after).isNotSameAs(before);
    assertThat(intern("a", "0")).containsSame(after);
    assertThat(after.isForgotten()).isFalse();
  }

  @Test
  void machinesThatAreGoneMakeRoomForOthers() {
    for (int machine = 0; machine < 5; machine++) {
      intern("gone" + machine, "0");
    }
    nanos += FORGET_AFTER.toNanos();
    assertThat(intern("new", "0")).as("not for long enough").isEmpty();
    nanos += FORGET_AFTER.toNanos();

    for (int core = 0; core < 3; core++) {
      assertThat(intern("new", "" + core)).isPresent();
    }

    assertThat(registry.size()).isEqualTo(3);
    assertThat(intern("new", "3")).as("bound of a machine").isEmpty();
  }

  @Test
  void aMachineWhoseLabelsChangeGetsItsRoomBack() {
    for (int turn = 0; turn < 30; turn++) {
      nanos += FORGET_AFTER.toNanos();
      var series = intern("a", "veth" + turn);
      assertThat(series).as("turn %d", turn).isPresent();
      assertThat(series.orElseThrow().index()).isLessThan(5);
    }
    assertThat(registry.size()).isLessThanOrEqualTo(3);
  }

  @Test
  void beingAskedForKeepsASeries() {
    var asked = intern("a", "0").orElseThrow();
    for (int turn = 0; turn < 5; turn++) {
      pass("m" + turn);
      assertThat(intern("a", "0")).containsSame(asked);
    }
  }

  private Optional<Series> intern(String machine, String core) {
    return registry.intern(machine, "cpu_percent_per_core", Labels.of("core", core));
  }
}
