package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A spool on a model of a file system, and who appends and delivers. */
public final class SpoolFixture {
  static final String MACHINE = "m1";
  public static final Duration INTERVAL = Duration.ofSeconds(5);

  final ModelFiles files = new ModelFiles();
  public final ManualTime time = new ManualTime();
  public final SelfMetrics metrics = new SelfMetrics();
  final SeriesRegistry registry = new SeriesRegistry();
  SpoolBounds bounds = new SpoolBounds(128L << 20, Duration.ofHours(24));
  SpoolSync sync = SpoolSync.INTERVAL;
  public DiskSpool spool;

  public SpoolFixture() {
    spool = reopen();
  }

  public DiskSpool reopen() {
    spool =
        DiskSpool.open(
            new DiskSpool.Parts(MACHINE, bounds, sync, registry, time, metrics), () -> files);
    return spool;
  }

  /** Appends a batch whose values tell its number, and lets an interval pass. */
  public Batch append() {
    var batch = batch(spool.next(), 2);
    spool.append(batch, time.nanoTime());
    spool.tend();
    time.advance(INTERVAL);
    return batch;
  }

  List<Batch> append(int count) {
    var batches = new ArrayList<Batch>();
    for (int i = 0; i < count; i++) {
      batches.add(append());
    }
    return batches;
  }

  Batch batch(BatchId id, int cores) {
    var builder =
        new BatchBuilder(registry, MACHINE, id.seq(), time.instant())
            .epoch(id.epoch())
            .sample("memory_percent", (double) (id.seq() % 100));
    for (int core = 0; core < cores; core++) {
      builder.sample("cpu_percent_per_core", Labels.of("core", Integer.toString(core)), core + 0.5);
    }
    return builder.processes(new TopProcess(1, "init", "root", 0.25, id.seq())).build();
  }

  /** Takes all that is waiting, and leaves it in flight. */
  List<Batch> takeAll() {
    var taken = new ArrayList<Batch>();
    for (var batch = next(); batch.isPresent(); batch = next()) {
      taken.add(batch.get());
    }
    return taken;
  }

  private Optional<Batch> next() {
    return spool.takeBacklog(time.nanoTime());
  }

  void acknowledge(Batch batch) {
    spool.forget(batch.epoch(), List.of(new SeqRange(batch.seq(), batch.seq())));
  }

  static List<BatchId> ids(List<Batch> batches) {
    return batches.stream().map(BatchId::of).toList();
  }

  static String content(Batch batch) {
    var text = new StringBuilder(batch.toString()).append(batch.topProcesses());
    for (int i = 0; i < batch.size(); i++) {
      text.append(batch.series(i)).append('=').append(batch.value(i)).append(';');
    }
    return text.toString();
  }

  public long lost(String reason) {
    return metrics
        .counter("collector_spool_dropped_samples_total", "", Labels.of("reason", reason))
        .sum();
  }

  String onlySegment() {
    return files.list().stream().filter(Segment::isName).findFirst().orElseThrow();
  }

  long segments() {
    return files.list().stream().filter(Segment::isName).count();
  }

  /** Batches that are in memory. */
  public int heldInMemory() {
    return spool.heldInMemory();
  }
}
