package io.sysmonstm.collector.core;

import io.sysmonstm.api.Resource;
import io.sysmonstm.collector.core.internal.spool.Spool;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/**
 * Reads the sensors of the machine it runs on, and sends what they say to an aggregator.
 *
 * <p>It collects in cycles, one each {@linkplain CollectorBuilder#interval interval}; all samples
 * of a cycle make one batch with one time. The built-in sources that tell rates are read once more
 * a second after the first cycle, because one reading has no rate. Each source has a deadline;
 * quick ones share a thread, and a slow one has its own; a source that hangs or fails costs its own
 * samples and nothing else. A batch is kept in a bounded spool, on disk or in memory, until the
 * aggregator says that history has it; while the aggregator cannot be reached the collector goes on
 * collecting, tries again for ever, and drops the oldest batches once the spool is full, which it
 * counts.
 *
 * <p>Fit to be embedded: no shutdown hook, no static state, daemon threads only, and none of them
 * left after {@link #close}, but for a source that ignores its interrupt. It does not close the
 * sender that it was given, but it does close the sources. Thread-safe.
 */
public final class Collector implements AutoCloseable {
  /** How long {@link #close} tries to deliver what is left. */
  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(5);

  private static final EventLog LOG = EventLog.of(Collector.class);

  private enum Phase {
    NEW,
    RUNNING,
    STOPPED
  }

  private final String machineId;
  private final TimeSource time;
  private final Spool spool;
  private final Delivery delivery;
  private final CollectionLoop loop;
  private final List<SourceRunner> runners;
  private final ExecutorService readers;
  private final Thread loopThread;
  private final Thread deliveryThread;
  private final CollectorGauges gauges;
  // Written by the holder of this.
  private volatile Phase phase = Phase.NEW;

  Collector(CollectorBuilder builder, Resource resource, List<MetricSource> sources) {
    machineId = builder.machineId();
    time = builder.time();
    Duration interval = builder.interval();
    var instance = UUID.randomUUID();
    spool = builder.newSpool();
    var parts =
        new DeliveryParts(
            builder.sender(),
            spool,
            () ->
                new Hello(
                    machineId,
                    spool.epoch(),
                    instance,
                    resource,
                    time.instant(),
                    spool.droppedSamples(),
                    interval),
            time,
            builder.newWaiter(),
            RandomGenerator.getDefault(),
            builder.metrics());
    delivery = new Delivery(parts, interval);
    var agent = new AgentSamples(builder.newBuffer(), spool, delivery.state(), time);
    var assembler =
        new BatchAssembler(machineId, builder.maxBatchSamples(), agent, parts, delivery);
    runners = new ArrayList<>();
    for (var source : sources) {
      runners.add(new SourceRunner(source, interval, builder.metrics(), builder::newBuffer));
    }
    readers = CollectorThreads.readers(interval);
    loop =
        new CollectionLoop(
            runners, assembler, time, builder.newWaiter(), readers, interval, builder.metrics());
    loopThread = CollectorThreads.daemon("sysmonstm-collector-cycle", loop::run);
    deliveryThread = CollectorThreads.daemon("sysmonstm-collector-delivery", delivery::run);
    gauges = new CollectorGauges(builder.metrics());
  }

  /**
   * Starts to describe a collector.
   *
   * @param machineId the machine's id: 1 to 64 of {@code A-Z a-z 0-9 . _ -}; one collector per id
   * @param sender the sending end of a transport; stays the caller's, who closes it after the
   *     collector
   * @return a builder
   */
  public static CollectorBuilder builder(String machineId, MetricSender sender) {
    return new CollectorBuilder(machineId, sender);
  }

  /** {@return the id of the machine} */
  public String machineId() {
    return machineId;
  }

  /**
   * Begins to collect, at once, and to connect. Does not block. Does nothing where it has been
   * started.
   *
   * @throws IllegalStateException after it was stopped
   */
  public synchronized void start() {
    switch (phase) {
      case NEW -> {
        phase = Phase.RUNNING;
        gauges.show(spool, delivery.state());
        deliveryThread.start();
        loopThread.start();
        LOG.info("collector_started", "Collecting.", "machine_id", machineId);
      }
      case RUNNING -> {}
      case STOPPED -> throw new IllegalStateException("start of a collector that was stopped");
    }
  }

  /** {@return how it is doing now} Does not block. */
  public CollectorStatus status() {
    Optional<Instant> acknowledged = delivery.state().lastDurableAck();
    Health health = delivery.state().problem().map(Health::failing).orElse(Health.ok());
    return new CollectorStatus(
        phase == Phase.RUNNING,
        health,
        spool.problem().map(Health::failing).orElse(Health.ok()),
        acknowledged,
        spool.depth(),
        spool.droppedSamples());
  }

  /**
   * Stops collecting, tries to deliver what is left, ends the stream and closes the sources. Blocks
   * for the grace time at the most, and a second more for threads to end. Does nothing where it has
   * been stopped. An interrupt cuts it short and is kept.
   *
   * @param grace how long to try, not negative; with zero nothing is waited for
   * @return whether history has, or live state has at least seen, every batch that was collected;
   *     of a spool on disk, the newest ones, since the others are there at the next start
   */
  public synchronized boolean stop(Duration grace) {
    boolean wasRunning = phase == Phase.RUNNING;
    phase = Phase.STOPPED;
    if (wasRunning) {
      long deadline = time.nanoTime() + grace.toNanos();
      loop.stop();
      CollectorThreads.join(loopThread);
      runners.forEach(SourceRunner::close);
      delivery.drainUntil(deadline);
      CollectorThreads.join(deliveryThread, grace);
      gauges.hide();
      LOG.info(
          "collector_stopped",
          "Stopped.",
          "machine_id",
          machineId,
          "undelivered_batches",
          spool.depth());
    } else if (readers.isShutdown()) {
      return !spool.hasUnseen();
    } else {
      runners.forEach(SourceRunner::close);
    }
    CollectorThreads.end(readers);
    closeSpool();
    return !spool.hasUnseen();
  }

  /** An interrupt would close its files before they are safe. */
  private void closeSpool() {
    boolean interrupted = Thread.interrupted();
    spool.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops with the {@linkplain #DEFAULT_GRACE default grace time}. */
  @Override
  public void close() {
    stop(DEFAULT_GRACE);
  }
}
