package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.IngestReply;
import io.sysmonstm.spi.IngestService;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.spi.Readiness;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Takes in the batches of all machines. A batch is checked on the thread that brought it, shown
 * (current state and events) at once, written to history together with those of other machines, and
 * acknowledged when history has committed it. Each of the three has a thread of its own: a part
 * that fails or hangs does not stop the others. Without history, senders are told to keep their
 * copies.
 *
 * <p>Machines that fall silent or come back are told of on {@link
 * io.sysmonstm.spi.Topic#MACHINES_STATUS}. The newest collector of a machine wins: the stream of an
 * older one ends.
 *
 * <p>The stores and the bus belong to the caller, who closes them afterwards. Thread-safe.
 */
public final class Aggregator implements IngestService, AutoCloseable {
  private enum Phase {
    NEW,
    RUNNING,
    CLOSED
  }

  private final Machines machines;
  private final LiveLane live;
  private final HistoryLane lane;
  private final HistoryWatch watch;
  private final StatusLane status;
  private final Handshake handshake;
  private volatile Phase phase = Phase.NEW;

  private Aggregator(Builder from) {
    var metrics = from.metrics;
    var limits = from.limits();
    var counters = new Counters(metrics);
    machines = new Machines(from.maxMachines, from.defaultInterval);
    live = new LiveLane(from.current, from.events, from.time, metrics);
    lane = new HistoryLane(from.history, limits, from.time, metrics, counters);
    watch = new HistoryWatch(lane, live, limits, from.time, counters);
    status =
        new StatusLane(new StatusWatch(from.current, machines, from.time, live::publish, metrics));
    var intake = new Intake(limits, from.time, from.series, counters, machines, live, lane);
    var committed =
        new CommittedLookup(
            from.history, lane::isAway, limits.volatileAfter().dividedBy(2), counters);
    handshake = new Handshake(committed, from.time, counters, lane.acknowledger(), intake);
    gauges(metrics, from.series);
  }

  private void gauges(SelfMetrics metrics, SeriesRegistry series) {
    metrics.gauge(
        "aggregator_machines", "Machines that are known.", Labels.empty(), machines::size);
    metrics.gauge(
        "aggregator_sessions", "Streams that are open.", Labels.empty(), machines::sessions);
    metrics.gauge("aggregator_series", "Series that were ever seen.", Labels.empty(), series::size);
    metrics.gauge(
        "aggregator_clock_offset_machines",
        "Connected machines whose clock is off by more than 5 s.",
        Labels.empty(),
        machines::withOffClock);
  }

  /**
   * Starts one.
   *
   * @param current where the newest state goes
   * @param history where all samples go
   * @param events where batches are published; its health counts where it is an {@link
   *     io.sysmonstm.spi.EventBus}
   * @return a builder
   */
  public static Builder builder(CurrentStore current, HistoryStore history, EventPublisher events) {
    return new Builder(current, history, events);
  }

  /**
   * Begins to take streams.
   *
   * @return this
   * @throws IllegalStateException where it was started or closed before
   */
  public synchronized Aggregator start() {
    if (phase != Phase.NEW) {
      throw new IllegalStateException("an aggregator starts once, this one is " + phase);
    }
    live.start();
    lane.start();
    watch.start();
    status.start();
    phase = Phase.RUNNING;
    return this;
  }

  @Override
  public IngestSession open(Hello hello, IngestReply reply) {
    requireRunning();
    return handshake.open(machines.enter(hello.machineId(), hello.resource()), hello, reply);
  }

  @Override
  public IngestSession openUnnumbered(String machineId, Resource resource, IngestReply reply) {
    requireRunning();
    return handshake.openUnnumbered(machines.enter(machineId, resource), reply);
  }

  /**
   * {@return the health of {@code current_state}, {@code history} and {@code events}} Ready while
   * it runs and one of current state and events works: batches can be taken then, and seen. Never
   * blocks.
   */
  @Override
  public Readiness readiness() {
    var current = live.currentState().health();
    var events = live.bus().health();
    return new Readiness(
        phase == Phase.RUNNING && (current.isOk() || events.isOk()),
        Map.of("current_state", current, "history", lane.part().health(), "events", events));
  }

  /**
   * Takes no more batches, writes those that wait, and ends. Blocks for the close grace and a few
   * seconds at the most; what history did not take by then is not acknowledged, and its collectors
   * send it again.
   */
  @Override
  public synchronized void close() {
    var before = phase;
    phase = Phase.CLOSED;
    if (before == Phase.RUNNING) {
      status.close();
      lane.close();
      watch.close();
      live.close();
    }
  }

  private void requireRunning() {
    if (phase != Phase.RUNNING) {
      throw new RequestException(
          ErrorCode.UNAVAILABLE, "the aggregator does not run; try again in a moment");
    }
  }

  /** Collects the parts and bounds. Confined to one thread. */
  public static final class Builder {
    private final CurrentStore current;
    private final HistoryStore history;
    private final EventPublisher events;
    private SeriesRegistry series = new SeriesRegistry();
    private TimeSource time = TimeSource.system();
    private SelfMetrics metrics = new SelfMetrics();
    private int maxMachines = 20_000;
    private Duration defaultInterval = Duration.ofSeconds(5);
    private int batchMaxSamples = Limits.DEFAULT.batchMaxSamples();
    private Duration batchMaxAge = Limits.DEFAULT.batchMaxAge();
    private long inFlightBytes = Limits.DEFAULT.inFlightBytes();
    private Duration volatileAfter = Limits.DEFAULT.volatileAfter();
    private Duration retryAfter = Limits.DEFAULT.retryAfter();
    private Duration retryEvery = Limits.DEFAULT.retryEvery();
    private Duration rawRetention = Limits.DEFAULT.rawRetention();
    private Duration closeGrace = Limits.DEFAULT.closeGrace();

    private Builder(CurrentStore current, HistoryStore history, EventPublisher events) {
      this.current = current;
      this.history = history;
      this.events = events;
    }

    /**
     * Sets the registry that series are interned in, the one the stores and the alerts use.
     *
     * @param value the registry that series are interned in
     * @return this builder
     */
    public Builder series(SeriesRegistry value) {
      series = value;
      return this;
    }

    /**
     * Sets the clocks.
     *
     * @param value the clocks
     * @return this builder
     */
    public Builder time(TimeSource value) {
      time = value;
      return this;
    }

    /**
     * Sets where it counts what it does.
     *
     * @param value where it counts what it does
     * @return this builder
     */
    public Builder metrics(SelfMetrics value) {
      metrics = value;
      return this;
    }

    /**
     * Sets the most machines that may be connected, 20,000 unless set; more are refused.
     *
     * @param value the most machines that may be connected
     * @return this builder
     */
    public Builder maxMachines(int value) {
      maxMachines = value;
      return this;
    }

    /**
     * Sets the collection interval of machines that do not tell theirs, 5 s unless set.
     *
     * @param value the collection interval of machines that do not tell theirs
     * @return this builder
     */
    public Builder defaultInterval(Duration value) {
      defaultInterval = value;
      return this;
    }

    /**
     * Sets how many waiting samples are written to history at once, 5,000 unless set; also the most
     * of one batch.
     *
     * @param value how many waiting samples are written to history at once
     * @return this builder
     */
    public Builder batchMaxSamples(int value) {
      batchMaxSamples = value;
      return this;
    }

    /**
     * Sets how long a batch waits for others at the most before it is written, 200 ms unless set.
     * The first one after a quiet time is written at once.
     *
     * @param value the longest wait, which is also the least time between two writes of few samples
     * @return this builder
     */
    public Builder batchMaxAge(Duration value) {
      batchMaxAge = value;
      return this;
    }

    /**
     * Sets the most memory for batches that history does not have yet, 64 MiB unless set.
     *
     * @param value the most memory for batches that history does not have yet
     * @return this builder
     */
    public Builder inFlightBytes(long value) {
      inFlightBytes = value;
      return this;
    }

    /**
     * Sets after how long a sender is told to keep its copy, 4 s unless set.
     *
     * @param value after how long a sender is told to keep its copy
     * @return this builder
     */
    public Builder volatileAfter(Duration value) {
      volatileAfter = value;
      return this;
    }

    /**
     * Sets when a batch that had to leave memory may be sent again, 15 s unless set.
     *
     * @param value when a batch that had to leave memory may be sent again
     * @return this builder
     */
    public Builder retryAfter(Duration value) {
      retryAfter = value;
      return this;
    }

    /**
     * Sets how often a failing history is tried, 1 s unless set.
     *
     * @param value how often a failing history is tried
     * @return this builder
     */
    public Builder retryEvery(Duration value) {
      retryEvery = value;
      return this;
    }

    /**
     * Sets the greatest age of a sample, 48 h unless set; older ones are refused.
     *
     * @param value the greatest age of a sample
     * @return this builder
     */
    public Builder rawRetention(Duration value) {
      rawRetention = value;
      return this;
    }

    /**
     * Sets how long {@link Aggregator#close} waits for history, 5 s unless set.
     *
     * @param value the grace
     * @return this builder
     */
    public Builder closeGrace(Duration value) {
      closeGrace = value;
      return this;
    }

    /**
     * {@return the aggregator, which takes streams once started}
     *
     * @throws ConfigException with all bounds that are not positive
     */
    public Aggregator build() {
      var problems = new ArrayList<String>();
      require(problems, "the most samples of a write", batchMaxSamples);
      require(problems, "the most machines", maxMachines);
      require(problems, "the bytes in flight", inFlightBytes);
      require(problems, "the interval unless told", defaultInterval.toMillis());
      require(problems, "the greatest age of a write", batchMaxAge.toMillis());
      require(problems, "the time until senders are told", volatileAfter.toMillis());
      require(problems, "the time between attempts", retryEvery.toMillis());
      require(problems, "the retention of raw samples", rawRetention.toMillis());
      if (!problems.isEmpty()) {
        throw new ConfigException(problems);
      }
      return new Aggregator(this);
    }

    private static void require(List<String> problems, String what, long value) {
      if (value <= 0) {
        problems.add("%s is %d: expected 1 or more".formatted(what, value));
      }
    }

    private Limits limits() {
      return new Limits(
          batchMaxSamples,
          batchMaxAge,
          inFlightBytes,
          volatileAfter,
          retryAfter,
          retryEvery,
          rawRetention,
          Limits.DEFAULT.maxAhead(),
          closeGrace);
    }
  }
}
