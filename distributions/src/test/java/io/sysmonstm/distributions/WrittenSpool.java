package io.sysmonstm.distributions;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.collector.core.internal.spool.DirectoryFileStore;
import io.sysmonstm.collector.core.internal.spool.DiskSpool;
import io.sysmonstm.collector.core.internal.spool.SpoolBounds;
import io.sysmonstm.collector.core.internal.spool.SpoolSync;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * The spool of a collector that had no connection, written within seconds by the code that writes
 * it within hours: a collector that is started on it finds a backlog. Confined to one thread.
 */
final class WrittenSpool implements AutoCloseable {
  /** What a cycle read. */
  @FunctionalInterface
  interface Reading {
    void addTo(BatchBuilder batch, Instant at);
  }

  private final String machine;
  private final ManualTime time;
  private final SeriesRegistry registry = new SeriesRegistry();
  private final DiskSpool spool;

  /**
   * Begins one.
   *
   * @param directory of the spool
   * @param machine whose batches they are
   * @param from when its first cycle is
   */
  WrittenSpool(Path directory, String machine, Instant from) {
    this.machine = machine;
    this.time = new ManualTime(from);
    this.spool =
        DiskSpool.open(
            new DiskSpool.Parts(
                machine,
                new SpoolBounds(128L << 20, Duration.ofHours(24)),
                SpoolSync.OS,
                registry,
                time,
                new SelfMetrics()),
            () -> DirectoryFileStore.claim(directory));
  }

  /** Lets time pass without a cycle. */
  WrittenSpool pause(Duration length) {
    time.advance(length);
    return this;
  }

  /** Writes one batch each interval. */
  WrittenSpool cycles(int count, Duration interval, Reading reading) {
    for (int i = 0; i < count; i++) {
      spool.append(batch(reading), time.nanoTime());
      time.advance(interval);
    }
    return this;
  }

  private Batch batch(Reading reading) {
    var id = spool.next();
    var builder = new BatchBuilder(registry, machine, id.seq(), time.instant()).epoch(id.epoch());
    reading.addTo(builder, time.instant());
    return builder.build();
  }

  /** Returns how many bytes it takes. */
  long bytes() {
    return spool.bytes();
  }

  @Override
  public void close() {
    spool.close();
  }
}
