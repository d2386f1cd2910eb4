package io.sysmonstm.collector.core;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Durations;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Describes a collector; made by {@link Collector#builder}. Confined to one thread. */
public final class CollectorBuilder {
  private static final Duration LEAST_INTERVAL = Duration.ofSeconds(1);
  private static final Duration GREATEST_INTERVAL = Duration.ofDays(1);

  private final String machineId;
  private final MetricSender sender;
  private final List<MetricSource> additional = new ArrayList<>();
  private final Map<String, String> tags = new LinkedHashMap<>();
  private @Nullable List<MetricSource> sources;
  private @Nullable Resource resource;
  private Duration interval = Duration.ofSeconds(5);
  private TimeSource time = TimeSource.system();
  private SelfMetrics metrics = new SelfMetrics();
  private SeriesRegistry series = new SeriesRegistry();
  private int maxBufferedBatches = 17_280;
  private long maxBufferedBytes = 8L << 20;
  private int maxBatchSamples = 5_000;
  private Function<TimeSource, Waiter> waiters = SystemWaiter::new;

  CollectorBuilder(String machineId, MetricSender sender) {
    this.machineId = machineId;
    this.sender = sender;
  }

  /**
   * Sets the sources, in place of those of {@link OshiMachine}.
   *
   * @param value the sources, each name once; the collector closes them
   * @return this builder
   */
  public CollectorBuilder sources(List<MetricSource> value) {
    sources = List.copyOf(value);
    return this;
  }

  /**
   * Adds a source to those of the machine, or to the ones that were set.
   *
   * @param value the source; the collector closes it
   * @return this builder
   */
  public CollectorBuilder addSource(MetricSource value) {
    additional.add(value);
    return this;
  }

  /**
   * Sets the inventory of the machine, in place of what {@link OshiMachine} finds.
   *
   * @param value what is known of the machine
   * @return this builder
   */
  public CollectorBuilder resource(Resource value) {
    resource = value;
    return this;
  }

  /**
   * Adds a tag to the inventory.
   *
   * @param name the tag's name
   * @param value its value
   * @return this builder
   */
  public CollectorBuilder tag(String name, String value) {
    tags.put(name, value);
    return this;
  }

  /**
   * Sets the collection interval, 5 s by default.
   *
   * @param value 1 s to 1 day
   * @return this builder
   */
  public CollectorBuilder interval(Duration value) {
    interval = value;
    return this;
  }

  /**
   * Sets the clock.
   *
   * @param value the time, the system's by default
   * @return this builder
   */
  public CollectorBuilder time(TimeSource value) {
    time = value;
    return this;
  }

  /**
   * Sets where the collector counts what it does.
   *
   * @param value the metrics of this process
   * @return this builder
   */
  public CollectorBuilder metrics(SelfMetrics value) {
    metrics = value;
    return this;
  }

  /**
   * Sets the registry of series; for processes that have one.
   *
   * @param value the interned series of this process
   * @return this builder
   */
  public CollectorBuilder series(SeriesRegistry value) {
    series = value;
    return this;
  }

  /**
   * Bounds the batches that wait for their acknowledgement; where either bound is passed the oldest
   * is dropped.
   *
   * @param maxBatches 1 or more; 17 280 by default, a day at 5 s
   * @param maxBytes 64 KiB or more; 8 MiB by default, some 5 000 batches of a small machine
   * @return this builder
   */
  public CollectorBuilder buffer(int maxBatches, long maxBytes) {
    maxBufferedBatches = maxBatches;
    maxBufferedBytes = maxBytes;
    return this;
  }

  /**
   * Bounds the samples of one batch; further ones are dropped and counted.
   *
   * @param value 16 or more, 5 000 by default; the aggregator may ask for less
   * @return this builder
   */
  public CollectorBuilder maxBatchSamples(int value) {
    maxBatchSamples = value;
    return this;
  }

  /** Sets how loops wait, for tests. */
  CollectorBuilder waiters(Function<TimeSource, Waiter> value) {
    waiters = value;
    return this;
  }

  /**
   * {@return the collector, not yet started} Reads the inventory of the machine, unless it was
   * given: some 100 ms.
   *
   * @throws ConfigException with all problems, where values are not valid or two sources have one
   *     name
   */
  public Collector build() {
    var problems = new ArrayList<String>();
    Names.machineIdProblem(machineId).ifPresent(problems::add);
    Names.labelsProblem(tags).map("tags: "::concat).ifPresent(problems::add);
    if (interval.compareTo(LEAST_INTERVAL) < 0 || interval.compareTo(GREATEST_INTERVAL) > 0) {
      problems.add("interval is '%s': expected 1s to 1d".formatted(shown(interval)));
    }
    if (maxBufferedBatches < 1 || maxBufferedBytes < 64 << 10) {
      problems.add(
          "buffer is %d batches and %d bytes: expected 1 and 65536 at the least"
              .formatted(maxBufferedBatches, maxBufferedBytes));
    }
    if (maxBatchSamples < 16) {
      problems.add(
          "samples of a batch are bounded to %d: expected 16 or more".formatted(maxBatchSamples));
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return assemble();
  }

  private Collector assemble() {
    var own = sources != null ? sources : OshiMachine.open(time).sources();
    var all = new ArrayList<>(own);
    all.addAll(additional);
    checkNames(all);
    var inventory = resource != null ? resource : inventory(own);
    var allTags = new LinkedHashMap<>(inventory.tags());
    allTags.putAll(tags);
    return new Collector(this, inventory.toBuilder().tags(allTags).build(), all);
  }

  /** Read of the machine that the sources have opened: opening costs more than reading. */
  private Resource inventory(List<MetricSource> own) {
    return OshiMachine.of(own).orElseGet(() -> OshiMachine.open(time)).resource();
  }

  private static void checkNames(List<MetricSource> all) {
    var problems = new ArrayList<String>();
    var names = new HashSet<String>();
    for (var source : all) {
      String name = source.name();
      Names.labelsProblem(Map.of("source", name)).ifPresent(problems::add);
      if (name.isEmpty() || !names.add(name)) {
        problems.add(
            "two sources are named '%s', or one has no name: expected each name once"
                .formatted(Names.shown(name)));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  private static String shown(Duration duration) {
    return duration.isNegative() ? duration.toString() : Durations.format(duration);
  }

  String machineId() {
    return machineId;
  }

  MetricSender sender() {
    return sender;
  }

  Duration interval() {
    return interval;
  }

  TimeSource time() {
    return time;
  }

  SelfMetrics metrics() {
    return metrics;
  }

  int maxBufferedBatches() {
    return maxBufferedBatches;
  }

  long maxBufferedBytes() {
    return maxBufferedBytes;
  }

  int maxBatchSamples() {
    return maxBatchSamples;
  }

  Waiter newWaiter() {
    return waiters.apply(time);
  }

  SampleBuffer newBuffer() {
    return new SampleBuffer(series, machineId, maxBatchSamples);
  }
}
