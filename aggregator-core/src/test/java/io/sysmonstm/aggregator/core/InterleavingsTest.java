package io.sysmonstm.aggregator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.IngestReply;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.Stress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What streams, the writer and those who look at them share, in all orders that turn up. */
class InterleavingsTest {
  private static final int BATCHES = 60;

  /** A stream that stops when it is told to, and goes on when it is told to. */
  private static final class Stream implements IngestReply {
    private final Rig rig;
    private final String machineId;
    private final Semaphore goOn = new Semaphore(0);
    // Written by one thread at a time, as replies are.
    private final BitSet durable = new BitSet();

    Stream(Rig rig, String machineId) {
      this.rig = rig;
      this.machineId = machineId;
    }

    void send() {
      var session = rig.aggregator.open(Rig.hello(machineId), this);
      for (long seq = 1; seq <= BATCHES; seq++) {
        if (!Rig.offer(session, rig.batch(machineId, seq).build())) {
          goOn.acquireUninterruptibly();
        }
      }
    }

    @Override
    public synchronized void acknowledge(Ack ack) {
      if (ack.durability() == Ack.Durability.DURABLE) {
        for (var range : ack.ranges()) {
          durable.set((int) range.first(), (int) range.last() + 1);
        }
      }
    }

    synchronized int durable() {
      return durable.cardinality();
    }

    @Override
    public void resume() {
      goOn.release();
    }
  }

  /** Three streams through a budget for a few batches only. */
  private static final class Flow implements Stress.Round {
    private final Rig rig =
        new Rig(
            builder ->
                builder
                    .inFlightBytes(280 * 24)
                    .batchMaxSamples(8)
                    .batchMaxAge(Duration.ofMillis(1)));
    private final List<Stream> streams =
        List.of(new Stream(rig, "m1"), new Stream(rig, "m2"), new Stream(rig, "m3"));

    @Override
    public List<Runnable> actors() {
      return streams.stream().<Runnable>map(stream -> stream::send).toList();
    }

    @Override
    public void check() {
      for (var stream : streams) {
        Eventually.until("all of " + stream.machineId, () -> stream.durable() == BATCHES);
      }
      Eventually.until("nothing left", () -> rig.reading("aggregator_in_flight_bytes") == 0);
      assertThat(rig.reading("aggregator_in_flight_batches")).isZero();
      assertThat(rig.reading("aggregator_dropped_batches_total")).isZero();
      assertThat(rig.history.batches()).isEqualTo(3 * BATCHES);
      rig.close();
    }
  }

  @Test
  void noStreamStallsAndEveryByteIsAccountedFor() {
    assertThat(Stress.run(Flow::new)).isPositive();
  }

  /** Two add while one place is shown what they add; then it is closed. */
  private static final class Live implements Stress.Round {
    private static final SeriesRegistry SERIES = new SeriesRegistry();

    private final SelfMetrics metrics = new SelfMetrics();
    private final ConcurrentLinkedQueue<MetricsEvent> shown = new ConcurrentLinkedQueue<>();
    private final LiveQueue queue =
        new LiveQueue(
            new Part("bus", Health::ok, metrics), shown::add, TimeSource.system(), metrics);

    private void add(String machine) {
      for (int seq = 1; seq <= BATCHES; seq++) {
        queue.add(
            new BatchBuilder(SERIES, machine, seq, Instant.EPOCH).sample("cpu_percent", 1).event());
      }
    }

    @Override
    public List<Runnable> actors() {
      return List.of(() -> add("m1"), () -> add("m2"), queue::start);
    }

    @Override
    public void check() {
      queue.close(Duration.ofSeconds(10));
      assertThat(shown).hasSize(2 * BATCHES);
      for (var machine : List.of("m1", "m2")) {
        assertThat(shown.stream().filter(event -> event.machineId().equals(machine)))
            .extracting(event -> event.batch().seq())
            .isSorted()
            .doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void everythingIsShownInOrder() {
    assertThat(Stress.run(Live::new)).isPositive();
  }

  /** Two ask for the same series and others while periods end. */
  private static final class Registry implements Stress.Round {
    private final AtomicLong nanos = new AtomicLong();
    private final SeriesRegistry registry =
        new SeriesRegistry(100, 100, Duration.ofNanos(1), nanos::get);
    private final List<List<Series>> kept = List.of(new ArrayList<>(), new ArrayList<>());

    Registry() {
      intern("shared");
    }

    private Series intern(String value) {
      return registry.intern("m1", "cpu_percent", Labels.of("l", value)).orElseThrow();
    }

    private void ask(int actor) {
      for (int i = 0; i < 20; i++) {
        nanos.incrementAndGet();
        intern(actor + "-" + i);
        kept.get(actor).add(intern("shared"));
      }
    }

    @Override
    public List<Runnable> actors() {
      return List.of(() -> ask(0), () -> ask(1));
    }

    @Override
    public void check() {
      assertThat(intern("shared").isForgotten()).isFalse();
      Set<Series> inUse = new HashSet<>();
      var indexes = new HashSet<Integer>();
      for (var each : kept) {
        each.stream().filter(series -> !series.isForgotten()).forEach(inUse::add);
      }
      inUse.add(intern("shared"));
      assertThat(inUse).as("objects of one series in use").hasSize(1);
      for (int actor = 0; actor < 2; actor++) {
        for (int i = 0; i < 20; i++) {
          assertThat(indexes.add(intern(actor + "-" + i).index())).as("index of its own").isTrue();
        }
      }
      assertThat(indexes).allMatch(index -> index < 100);
    }
  }

  @Test
  void aSeriesInUseIsOneObjectWithAnIndexOfItsOwn() {
    assertThat(Stress.run(Registry::new)).isPositive();
  }
}
