package io.sysmonstm.testkit;

import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What a host would hand to a provider, for tests. Closing it ends the executor. Thread-safe. */
public final class TestContext implements ProviderContext, AutoCloseable {
  private final TimeSource time;
  private final Path dataDirectory;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final SelfMetrics metrics = new SelfMetrics();
  private final SeriesRegistry series = new SeriesRegistry();

  /**
   * Creates a context.
   *
   * @param time the clock, often a {@link ManualTime}
   * @param dataDirectory an existing directory, often a JUnit {@code @TempDir}
   */
  public TestContext(TimeSource time, Path dataDirectory) {
    this.time = time;
    this.dataDirectory = dataDirectory;
  }

  @Override
  public String instanceName() {
    return "test";
  }

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public ExecutorService executor() {
    return executor;
  }

  @Override
  public SelfMetrics metrics() {
    return metrics;
  }

  @Override
  public SeriesRegistry series() {
    return series;
  }

  @Override
  public Path dataDirectory() {
    return dataDirectory;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
