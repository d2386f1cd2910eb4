package io.sysmonstm.collector.core;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Durations;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.collector.core.internal.spool.DirectoryFileStore;
import io.sysmonstm.collector.core.internal.spool.DiskSpool;
import io.sysmonstm.collector.core.internal.spool.MemorySpool;
import io.sysmonstm.collector.core.internal.spool.Spool;
import io.sysmonstm.collector.core.internal.spool.SpoolBounds;
import io.sysmonstm.collector.core.internal.spool.SpoolSync;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Describes a collector; made by {@link Collector#builder}. Confined to one thread. */
public final class CollectorBuilder {
  private static final Duration LEAST_INTERVAL = Duration.ofSeconds(1);
  private static final Duration GREATEST_INTERVAL = Duration.ofDays(1);
  private static final long LEAST_SPOOL_BYTES = 1 << 20;
  private static final Duration LEAST_SPOOL_AGE = Duration.ofMinutes(1);

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
  private @Nullable Path spoolDirectory;
  private SpoolBounds spoolBounds = new SpoolBounds(128L << 20, Duration.ofHours(24));
  private SpoolSync spoolSync = SpoolSync.INTERVAL;
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
   * Keeps batches that wait for their acknowledgement on disk, where they outlive the process; else
   * they are kept in memory. While the disk takes nothing, up to 8 MiB are kept in memory.
   *
   * @param directory of this collector alone; made where there is none
   * @return this builder
   */
  public CollectorBuilder spool(Path directory) {
    spoolDirectory = directory;
    return this;
  }

  /**
   * Bounds what is kept on disk; where either bound is passed the oldest go, some MiB at a time,
   * and are counted.
   *
   * @param maxBytes 1 MiB or more; 128 MiB by default
   * @param maxAge a minute or more, by the wall clock; 24 h by default
   * @return this builder
   */
  public CollectorBuilder spoolBounds(long maxBytes, Duration maxAge) {
    spoolBounds = new SpoolBounds(maxBytes, maxAge);
    return this;
  }

  /**
   * Sets what a loss of power can take from the disk; the end of the process takes nothing.
   *
   * @param value each batch by default within five seconds
   * @return this builder
   */
  public CollectorBuilder spoolDurability(SpoolDurability value) {
    spoolSync = value.sync;
    return this;
  }

  /**
   * Bounds the batches that wait for their acknowledgement in memory, where no disk is used; where
   * either bound is passed the oldest is dropped.
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
   * @throws ConfigException with all problems, where values are not valid, two sources have one
   *     name, or another collector uses the directory of the spool
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
    if (spoolBounds.maxBytes() < LEAST_SPOOL_BYTES
        || spoolBounds.maxAge().compareTo(LEAST_SPOOL_AGE) < 0) {
      problems.add(
          "spool is bounded to %d bytes and %s: expected 1 MiB and 1m at the least"
              .formatted(spoolBounds.maxBytes(), shown(spoolBounds.maxAge())));
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

  /** The spool, on disk or in memory. */
  Spool newSpool() {
    var directory = spoolDirectory;
    if (directory == null) {
      return new MemorySpool(UUID.randomUUID(), maxBufferedBatches, maxBufferedBytes);
    }
    return DiskSpool.open(
        new DiskSpool.Parts(machineId, spoolBounds, spoolSync, series, time, metrics),
        () -> DirectoryFileStore.claim(directory));
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
