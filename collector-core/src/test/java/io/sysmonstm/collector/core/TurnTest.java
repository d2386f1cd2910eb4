package io.sysmonstm.collector.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resource;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingSender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which sources share a thread, and what becomes of those behind one that takes long. */
class TurnTest {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final ManualWaiter.Clockwork clock = new ManualWaiter.Clockwork();
  private final List<ManualWaiter> waiters = new ArrayList<>();
  private final Map<String, Thread> threads = new ConcurrentHashMap<>();
  private final SelfMetrics metrics = new SelfMetrics();
  private final RecordingSender sender = RecordingSender.answering();
  private volatile @Nullable CountDownLatch obstacle;
  private @Nullable Collector collector;
  private int cycles;

  @AfterEach
  void stop() {
    var hanging = obstacle;
    if (hanging != null) {
      hanging.countDown();
    }
    if (collector != null) {
      collector.stop(Duration.ZERO);
    }
  }

  private void start(MetricSource... sources) {
    collector =
        Collector.builder("m1", sender)
            .sources(List.of(sources))
            .resource(Resource.builder("host").build())
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
    collector.start();
    batch();
  }

  private FakeSource source(String name) {
    return new FakeSource(
        name,
        1,
        sink -> {
          threads.put(name, Thread.currentThread());
          sink.add(name + "_value", 1);
        });
  }

  /** Hangs at the obstacle where there is one; time passes meanwhile. */
  private FakeSource obstructed(String name) {
    return new FakeSource(
        name,
        1,
        sink -> {
          threads.put(name, Thread.currentThread());
          var hanging = obstacle;
          if (hanging != null) {
            hanging.await();
          }
          sink.add(name + "_value", 1);
        });
  }

  private Batch batch() {
    int number = ++cycles;
    Eventually.until("batch " + number + " is sent", () -> sender.sent().size() >= number);
    return sender.sent().get(number - 1);
  }

  private void beginCycle() {
    waiters.getLast().awaitWaitingFor(INTERVAL.multipliedBy(cycles));
    var due = INTERVAL.multipliedBy(cycles);
    clock.advance(due.minusNanos(clock.time.nanoTime()));
  }

  private Batch nextBatch() {
    beginCycle();
    return batch();
  }

  private static boolean has(Batch batch, String metric) {
    for (int i = 0; i < batch.size(); i++) {
      if (batch.series(i).metric().name().equals(metric)) {
        return true;
      }
    }
    return false;
  }

  private long errors(String source) {
    return metrics.counter("collector_source_errors_total", "", Labels.of("source", source)).sum();
  }

  @Test
  void quickSourcesShareAThreadFromTheSecondReadingOn() {
    start(source("a"), source("b"), source("c"));
    nextBatch();
    assertThat(threads.get("a")).isSameAs(threads.get("b")).isSameAs(threads.get("c"));
  }

  @Test
  void thoseBehindOneThatTakesLongGoOnWithoutIt() {
    start(source("a"), obstructed("slow"), source("c"));
    nextBatch();
    var release = new CountDownLatch(1);
    obstacle = release;
    threads.clear();
    beginCycle();
    Eventually.until("it hangs", () -> threads.containsKey("slow"));
    assertThat(threads).doesNotContainKey("c");
    // Not yet its deadline: it may still come in time.
    clock.advance(Duration.ofNanos(Turn.PATIENCE_NANOS));
    Eventually.until("the one behind it is read", () -> threads.containsKey("c"));
    assertThat(threads.get("c")).isNotSameAs(threads.get("slow"));
    obstacle = null;
    release.countDown();
    var late = batch();
    assertThat(has(late, "slow_value")).isTrue();
    assertThat(has(late, "c_value")).isTrue();
    assertThat(errors("slow")).isZero();

    // From now on it has a thread of its own: nobody waits for it, not for a moment.
    obstacle = new CountDownLatch(1);
    threads.clear();
    beginCycle();
    Eventually.until("all are read", () -> threads.size() == 3);
    assertThat(threads.get("c")).isNotSameAs(threads.get("slow"));
  }

  @Test
  void oneThatHangsCostsItsOwnSamplesOnly() {
    start(source("a"), obstructed("stuck"), source("c"));
    nextBatch();
    obstacle = new CountDownLatch(1);
    threads.clear();
    beginCycle();
    Eventually.until("it hangs", () -> threads.containsKey("stuck"));
    clock.advance(Duration.ofNanos(Turn.PATIENCE_NANOS));
    Eventually.until("the one behind it is read", () -> threads.containsKey("c"));
    clock.advance(Duration.ofSeconds(2));
    var batch = batch();
    assertThat(has(batch, "a_value")).isTrue();
    assertThat(has(batch, "c_value")).isTrue();
    assertThat(has(batch, "stuck_value")).isFalse();
    assertThat(errors("stuck")).isEqualTo(1);
  }

  @Test
  void oneThatWasSlowSharesAgainOnceItIsQuickForLong() {
    start(obstructed("slow"), source("b"));
    nextBatch();
    var release = new CountDownLatch(1);
    obstacle = release;
    threads.clear();
    beginCycle();
    Eventually.until("it hangs", () -> threads.containsKey("slow"));
    clock.advance(Duration.ofNanos(Turn.PATIENCE_NANOS));
    obstacle = null;
    release.countDown();
    batch();
    for (int i = 0; i < SourceRunner.PROBATION; i++) {
      nextBatch();
    }
    nextBatch();
    assertThat(threads.get("slow")).isSameAs(threads.get("b"));
  }
}
