package io.sysmonstm.benchmarks;

import io.sysmonstm.aggregator.core.Aggregator;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.events.local.LocalEventBus;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.IngestReply;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.spi.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Question: how many samples a second does an aggregator take from the decoded batch to the commit
 * of history, and what does one allocate?
 *
 * <p>One operation is one sample. One invocation offers {@value #SAMPLES} samples, over all
 * machines in turn, and ends when history has committed them and every acknowledgement was handed
 * over. Current state, a {@link LocalEventBus} with one subscriber, and the writer run on threads
 * of their own, which the score by wall clock and the allocation include.
 *
 * <p>Dimensions: samples of a batch ({@code batchSize}) and machines with a stream each ({@code
 * machines}).
 *
 * <p>Left out: decoding (see the transport), storage behind a network or on a disk (stores are
 * arrays that do the copying and comparing, and no more), several offering threads, refused
 * samples.
 *
 * <p>Command: {@code benchmarks/run AggregatorBatchingBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
// JMH calls the set-up before anything else.
@SuppressWarnings("NullAway.Init")
public class AggregatorBatchingBenchmark {
  /**
   * How many samples one invocation offers: a multiple of every batch size times every number of
   * machines.
   */
  static final int SAMPLES = 100_000;

  /** Samples of a batch. */
  @Param({"50", "500"})
  public int batchSize;

  /** Machines, with a stream each. */
  @Param({"1", "10", "100"})
  public int machines;

  private final LongAdder delivered = new LongAdder();
  private ArrayCurrentStore current;
  private ArrayHistoryStore history;
  private LocalEventBus bus;
  private Aggregator aggregator;
  private Fleet fleet;
  private IngestSession[] sessions;
  private Reply[] replies;

  /** Starts an aggregator and opens the streams. */
  @Setup(Level.Trial)
  public void start() {
    var registry = new SeriesRegistry(2_000, 100_000);
    fleet = new Fleet(registry, machines, batchSize);
    current = new ArrayCurrentStore(registry.size());
    history = new ArrayHistoryStore();
    bus = new LocalEventBus();
    bus.subscribe("count", EnumSet.of(Topic.METRICS_RAW), event -> delivered.increment());
    aggregator = Aggregator.builder(current, history, bus).series(registry).build().start();
    sessions = new IngestSession[machines];
    replies = new Reply[machines];
    for (int machine = 0; machine < machines; machine++) {
      replies[machine] = new Reply();
      sessions[machine] = aggregator.open(hello(machine), replies[machine]);
    }
  }

  private Hello hello(int machine) {
    var id = fleet.machineId(machine);
    return new Hello(
        id,
        fleet.epoch(),
        fleet.epoch(),
        Resource.builder(id).build(),
        Instant.now(),
        0,
        Duration.ofSeconds(5));
  }

  /** Ends all, and checks that work was done and nothing was lost. */
  @TearDown(Level.Trial)
  public void stop() {
    long offered = 0;
    for (var reply : replies) {
      offered += reply.expected * batchSize;
    }
    aggregator.close();
    bus.close();
    if (history.rows() != offered || current.sum() <= 0) {
      throw new IllegalStateException(
          "%d rows in history, %d samples offered".formatted(history.rows(), offered));
    }
  }

  /**
   * Offers one round and waits until it is acknowledged.
   *
   * @return the rows that history has
   * @throws InterruptedException where the run is broken off
   */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public long decodedBatchToCommit() throws InterruptedException {
    var now = Instant.now();
    int rounds = SAMPLES / batchSize / machines;
    for (int round = 0; round < rounds; round++) {
      for (int machine = 0; machine < machines; machine++) {
        replies[machine].expected++;
        if (!sessions[machine].offer(fleet.next(machine, now), List.of())) {
          replies[machine].resumed.acquire();
        }
      }
    }
    sessions[0].flush();
    for (var reply : replies) {
      reply.awaitAll();
    }
    return history.rows();
  }

  /** Counts what is acknowledged, and wakes who waits for the last. */
  private static final class Reply implements IngestReply {
    private final Semaphore resumed = new Semaphore(0);
    private final Semaphore acknowledged = new Semaphore(0);
    private long expected;
    private long awaited;

    @Override
    public void acknowledge(Ack ack) {
      long batches = 0;
      var ranges = ack.ranges();
      for (int i = 0; i < ranges.size(); i++) {
        batches += ranges.get(i).last() - ranges.get(i).first() + 1;
      }
      acknowledged.release((int) batches);
    }

    @Override
    public void resume() {
      resumed.release();
    }

    private void awaitAll() throws InterruptedException {
      int batches = (int) (expected - awaited);
      if (!acknowledged.tryAcquire(batches, 30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("not acknowledged within 30 s");
      }
      awaited = expected;
    }
  }
}
