package io.sysmonstm.collector.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.collector.core.internal.RateSource;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.SampleSink;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingSender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CollectorTest {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final ManualWaiter.Clockwork clock = new ManualWaiter.Clockwork();
  private final List<ManualWaiter> waiters = new ArrayList<>();
  private final List<Collector> collectors = new ArrayList<>();
  private final SelfMetrics metrics = new SelfMetrics();
  private final RecordingSender sender = RecordingSender.answering();

  @AfterEach
  void stop() {
    collectors.forEach(collector -> collector.stop(Duration.ZERO));
  }

  private Collector start(RecordingSender to, MetricSource... sources) {
    var collector =
        Collector.builder("m1", to)
            .sources(List.of(sources))
            .resource(Resource.builder("host").build())
            .tag("env", "test")
            .interval(INTERVAL)
            .time(clock.time)
            .metrics(metrics)
            .waiters(
                time -> {
                  var waiter = clock.newWaiter();
                  waiters.add(waiter);
                  return waiter;
                })
            .build();
    collectors.add(collector);
    collector.start();
    return collector;
  }

  private ManualWaiter loopWaiter() {
    return waiters.getLast();
  }

  /** Ends the cycle that goes on, then begins the next one. */
  private void nextCycle(int cycle) {
    loopWaiter().awaitWaitingFor(INTERVAL.multipliedBy(cycle));
    clock.advance(INTERVAL);
  }

  private Batch batch(int number) {
    Eventually.until("batch " + number + " is sent", () -> sender.sent().size() >= number);
    return sender.sent().get(number - 1);
  }

  private static OptionalDouble value(Batch batch, String metric, Labels labels) {
    for (int i = 0; i < batch.size(); i++) {
      var series = batch.series(i);
      if (series.metric().name().equals(metric) && series.labels().equals(labels)) {
        return OptionalDouble.of(batch.value(i));
      }
    }
    return OptionalDouble.empty();
  }

  private static OptionalDouble value(Batch batch, String metric) {
    return value(batch, metric, Labels.empty());
  }

  private static Labels source(String name) {
    return Labels.of("source", name);
  }

  @Test
  void collectsAtOnceAndThenAtEachInterval() {
    start(sender, FakeSource.of("a", 1), FakeSource.of("b", 2));
    var first = batch(1);
    assertThat(first.seq()).isEqualTo(1);
    assertThat(first.observedAt()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(value(first, "a_value")).hasValue(1);
    assertThat(value(first, "b_value")).hasValue(2);

    nextCycle(1);
    nextCycle(2);
    var third = batch(3);
    assertThat(third.seq()).isEqualTo(3);
    assertThat(third.observedAt()).isEqualTo("2026-01-01T00:00:10Z");
    assertThat(third.epoch()).isEqualTo(first.epoch());
  }

  @Test
  void introducesItselfWithItsInventory() {
    start(sender, FakeSource.of("a", 1));
    batch(1);
    var hello = sender.last().hello();
    assertThat(hello.machineId()).isEqualTo("m1");
    assertThat(hello.interval()).isEqualTo(INTERVAL);
    assertThat(hello.resource().hostname()).isEqualTo("host");
    assertThat(hello.resource().tags()).containsEntry("env", "test");
  }

  @Test
  void tellsOfItselfInEachBatch() {
    start(sender, FakeSource.of("a", 1));
    var first = batch(1);
    assertThat(value(first, "agent_spool_depth")).hasValue(0);
    assertThat(value(first, "agent_dropped")).hasValue(0);
    assertThat(value(first, "agent_collect_ms", source("a"))).isPresent();
    assertThat(value(first, "agent_source_errors", source("a"))).hasValue(0);
    nextCycle(1);
    assertThat(value(batch(2), "agent_clock_skew_ms")).hasValue(0);
  }

  @Test
  void readsAsourceAsOftenAsItWants() {
    var third = new FakeSource("third", 3, sink -> sink.add("third_value", 1));
    start(sender, FakeSource.of("a", 1), third);
    for (int cycle = 1; cycle <= 6; cycle++) {
      nextCycle(cycle);
    }
    batch(7);
    for (int number = 1; number <= 7; number++) {
      assertThat(value(batch(number), "third_value").isPresent()).isEqualTo(number % 3 == 1);
      assertThat(value(batch(number), "a_value")).hasValue(1);
    }
  }

  /** A source that tells rates. */
  private static RateSource rates(FakeSource source) {
    return new RateSource() {
      @Override
      public String name() {
        return source.name();
      }

      @Override
      public Duration interval(Duration collectionInterval) {
        return source.interval(collectionInterval);
      }

      @Override
      public void collect(SampleSink sink) throws Exception {
        source.collect(sink);
      }
    };
  }

  @Test
  void readsRatesASecondAfterTheFirstTimeAndThenAsOftenAsEver() {
    var third = new FakeSource("third", 3, sink -> sink.add("third_value", 1));
    start(sender, FakeSource.of("a", 1), rates(third));
    assertThat(value(batch(1), "a_value")).hasValue(1);
    loopWaiter().awaitWaitingFor(Duration.ofSeconds(1));
    clock.advance(Duration.ofSeconds(1));
    var early = batch(2);
    assertThat(early.observedAt()).isEqualTo("2026-01-01T00:00:01Z");
    assertThat(value(early, "third_value")).hasValue(1);
    assertThat(value(early, "a_value")).isEmpty();

    loopWaiter().awaitWaitingFor(INTERVAL);
    clock.advance(Duration.ofSeconds(4));
    assertThat(batch(3).observedAt()).isEqualTo("2026-01-01T00:00:05Z");
    assertThat(value(batch(3), "third_value")).isEmpty();
    nextCycle(2);
    nextCycle(3);
    assertThat(value(batch(4), "third_value")).isEmpty();
    assertThat(value(batch(5), "third_value")).hasValue(1);
    assertThat(metrics.counter("collector_ticks_skipped_total", "").sum()).isZero();
  }

  @Test
  void aSourceThatHangsIsNotAskedForItsRatesEarly() {
    var release = new CountDownLatch(1);
    var hanging = FakeSource.hanging("stuck", release);
    start(sender, rates(hanging));
    Eventually.until("it hangs", () -> hanging.calls.get() == 1);
    loopWaiter().awaitWaitingFor(Duration.ofSeconds(2));
    clock.advance(Duration.ofSeconds(2));
    assertThat(value(batch(1), "agent_source_errors", source("stuck"))).hasValue(1);
    loopWaiter().awaitWaitingFor(INTERVAL);
    assertThat(hanging.calls).hasValue(1);
    release.countDown();
  }

  @Test
  void aMachineHasItsRatesAndTopProcessesInTheSecondBatch() {
    var collector = Collector.builder("m1", sender).build();
    collectors.add(collector);
    collector.start();
    var second = batch(2);
    assertThat(value(second, "cpu_percent")).isPresent();
    assertThat(second.topProcesses()).isNotEmpty();
    assertThat(Duration.between(batch(1).observedAt(), second.observedAt()))
        .isBetween(Duration.ofMillis(900), Duration.ofSeconds(3));
  }

  @Test
  void ahangingSourceIsAbandonedAndStallsNothingElse() {
    var release = new CountDownLatch(1);
    var hanging = FakeSource.hanging("stuck", release);
    var other = FakeSource.of("a", 1);
    start(sender, other, hanging);
    Eventually.until("the other one has returned", () -> other.returns.get() == 1);
    // Its deadline of 2 s, which is less than half an interval.
    loopWaiter().awaitWaitingFor(Duration.ofSeconds(2));
    clock.advance(Duration.ofSeconds(2));
    var first = batch(1);
    assertThat(value(first, "a_value")).hasValue(1);
    assertThat(value(first, "stuck_value")).isEmpty();
    assertThat(value(first, "agent_source_errors", source("stuck"))).hasValue(1);
    Eventually.until("it is interrupted", () -> hanging.interrupts.get() == 1);

    loopWaiter().awaitWaitingFor(INTERVAL);
    clock.advance(Duration.ofSeconds(3));
    var second = batch(2);
    assertThat(hanging.calls).hasValue(1);
    assertThat(value(second, "a_value")).hasValue(1);
    assertThat(value(second, "agent_source_errors", source("stuck"))).hasValue(2);

    release.countDown();
    nextCycle(2);
    nextCycle(3);
    Eventually.until("it is called again", () -> hanging.calls.get() >= 2);
    var last = batch(4);
    assertThat(value(last, "a_value")).hasValue(1);
  }

  @Test
  void afailingSourceIsCountedAndTriedAgain() {
    var failing =
        new FakeSource(
            "bad",
            1,
            sink -> {
              sink.add("bad_value", 1);
              throw new IllegalStateException("cannot read");
            });
    var broken =
        new FakeSource(
            "broken",
            1,
            sink -> {
              throw new NoClassDefFoundError("missing");
            });
    start(sender, failing, broken, FakeSource.of("a", 1));
    nextCycle(1);
    var second = batch(2);
    assertThat(value(second, "a_value")).hasValue(1);
    assertThat(value(second, "bad_value")).isEmpty();
    assertThat(value(second, "agent_source_errors", source("bad"))).hasValue(2);
    assertThat(value(second, "agent_source_errors", source("broken"))).hasValue(2);
    assertThat(metrics.counter("collector_source_errors_total", "", source("bad")).sum())
        .isEqualTo(2);
  }

  @Test
  void refusedSamplesAndRepeatedSeriesAreCounted() {
    var careless =
        new FakeSource(
            "careless",
            1,
            sink -> {
              sink.add("a_value", 5);
              sink.add("a_value", 6);
              sink.add("NOT VALID", 1);
              sink.add("x", Double.NaN);
              sink.topProcesses(List.of(new TopProcess(1, "init", "root", 0, 10)));
            });
    start(sender, FakeSource.of("a", 1), careless);
    var first = batch(1);
    assertThat(value(first, "a_value")).hasValue(1);
    assertThat(first.topProcesses()).hasSize(1);
    assertThat(metrics.counter("collector_samples_refused_total", "").sum()).isEqualTo(4);
  }

  @Test
  void missedTicksAreSkippedAndTheCycleRunsAtOnce() {
    start(sender, FakeSource.of("a", 1));
    // Sent before the clock moves, or it would be backlog, which goes after what is fresh.
    assertThat(batch(1).seq()).isEqualTo(1);
    loopWaiter().awaitWaitingFor(INTERVAL);
    clock.advance(Duration.ofSeconds(3_602));
    assertThat(batch(2).observedAt()).isEqualTo("2026-01-01T01:00:02Z");
    loopWaiter().awaitWaitingFor(Duration.ofSeconds(3_605));
    assertThat(metrics.counter("collector_ticks_skipped_total", "").sum()).isEqualTo(719);
    clock.advance(Duration.ofSeconds(3));
    assertThat(batch(3).seq()).isEqualTo(3);
  }

  @Test
  void adroppedStreamLosesNothing() {
    var scripted = new RecordingSender();
    var collector = start(scripted, FakeSource.of("a", 1));
    Eventually.until("a stream is opened", () -> scripted.streams().size() == 1);
    scripted.last().welcome();
    Eventually.until("the batch is sent", () -> scripted.last().sent().size() == 1);
    scripted.last().end(ErrorCode.UNAVAILABLE);
    // The wait before the next try begins when the end is noticed.
    Eventually.until("its end is noticed", () -> !collector.status().health().isOk());
    nextCycle(1);
    nextCycle(2);
    Eventually.until("another stream is opened", () -> scripted.streams().size() == 2);
    assertThat(collector.status().health().isOk()).isFalse();
    scripted.last().welcome();
    Eventually.until("all are sent", () -> scripted.last().sent().size() == 3);
    scripted.last().acknowledge(1, 3);
    Eventually.until("all are forgotten", () -> collector.status().waitingBatches() == 0);
    Eventually.until("it is told", () -> collector.status().lastDurableAck().isPresent());
    assertThat(collector.status().health().isOk()).isTrue();
  }

  @Test
  void deliversWhatIsLeftWhenItStops() {
    var scripted = new RecordingSender();
    var collector = start(scripted, FakeSource.of("a", 1));
    Eventually.until("a stream is opened", () -> scripted.streams().size() == 1);
    loopWaiter().awaitWaitingFor(INTERVAL);
    var stopping = Thread.ofPlatform().daemon().start(() -> collector.stop(Duration.ofSeconds(15)));
    scripted.last().welcome();
    Eventually.until("it half-closes", () -> scripted.last().isHalfClosed());
    assertThat(scripted.last().sentSeqs()).containsExactly(1L);
    assertThat(stopping.isAlive()).isTrue();
    scripted.last().acknowledge(1, 1);
    Eventually.until("it has stopped", Duration.ofSeconds(3), () -> !stopping.isAlive());
    assertThat(collector.status().waitingBatches()).isZero();
    assertThat(collector.status().running()).isFalse();
  }

  @Test
  void stoppingWithoutAserverTakesNoLongerThanTheGraceTime() {
    sender.refuse(new IllegalStateException("no route"));
    var collector = start(sender, FakeSource.of("a", 1));
    loopWaiter().awaitWaitingFor(INTERVAL);
    long begun = System.nanoTime();
    assertThat(collector.stop(Duration.ZERO)).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
    assertThat(collector.status().waitingBatches()).isEqualTo(1);
  }

  @Test
  void startAndStopCanBeRepeated() {
    var source = FakeSource.of("a", 1);
    var collector = start(sender, source);
    collector.start();
    batch(1);
    assertThat(collector.stop(Duration.ofSeconds(5))).isTrue();
    assertThat(collector.stop(Duration.ofSeconds(5))).isTrue();
    collector.close();
    assertThat(source.closes).hasValue(1);
    assertThat(sender.isClosed()).isFalse();
    assertThatThrownBy(collector::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aHangingSourceIsClosedOnceItHasReturned() {
    var release = new CountDownLatch(1);
    var hanging = FakeSource.hanging("stuck", release);
    var collector = start(sender, hanging);
    Eventually.until("it is called", () -> hanging.calls.get() == 1);
    collector.stop(Duration.ZERO);
    assertThat(hanging.closes).hasValue(0);
    release.countDown();
    Eventually.until("it is closed", () -> hanging.closes.get() == 1);
  }
}
