package io.sysmonstm.events.redis;

import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;

/** What one process would hand to its bus: series of its own, and counters that the test reads. */
record Context(SelfMetrics metrics, SeriesRegistry series) implements ProviderContext {
  Context(SelfMetrics metrics) {
    this(metrics, new SeriesRegistry());
  }

  @Override
  public String instanceName() {
    return "test";
  }

  @Override
  public TimeSource time() {
    return TimeSource.system();
  }

  @Override
  public ExecutorService executor() {
    return ForkJoinPool.commonPool();
  }

  @Override
  public Path dataDirectory() {
    return Path.of(".");
  }
}
