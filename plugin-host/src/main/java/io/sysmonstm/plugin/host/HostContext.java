package io.sysmonstm.plugin.host;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * What this process hands to its plugins: one set of metrics, one registry of series, one data
 * directory, and executors of virtual threads. Closing it interrupts what its executors still run.
 * Thread-safe.
 */
public final class HostContext implements ProviderContext, AutoCloseable {
  private static final long CLOSE_SECONDS = 1;

  private final TimeSource time;
  private final Path dataDirectory;
  private final SelfMetrics metrics = new SelfMetrics();
  private final SeriesRegistry series;
  private final Map<ClassLoader, ExecutorService> executors = new ConcurrentHashMap<>();

  private HostContext(TimeSource time, Path dataDirectory) {
    this.time = time;
    this.dataDirectory = dataDirectory;
    this.series =
        new SeriesRegistry(
            SeriesRegistry.DEFAULT_MAX_SERIES_PER_MACHINE,
            SeriesRegistry.DEFAULT_MAX_SERIES,
            SeriesRegistry.DEFAULT_FORGET_AFTER,
            time::nanoTime);
  }

  /**
   * Makes the data directory where it does not exist, for this user alone.
   *
   * @param time the time that plugins see
   * @param dataDirectory where files live that must outlive the process
   * @return the context
   * @throws ConfigException where the directory cannot be made or written to
   */
  public static HostContext open(TimeSource time, Path dataDirectory) {
    try {
      createPrivate(dataDirectory);
    } catch (FileAlreadyExistsException e) {
      throw unusable(dataDirectory, "it is a file");
    } catch (IOException e) {
      throw unusable(dataDirectory, "it cannot be made (" + Masking.reason(e) + ")");
    }
    if (!Files.isWritable(dataDirectory)) {
      throw unusable(dataDirectory, "this user cannot write to it");
    }
    return new HostContext(time, dataDirectory);
  }

  /**
   * {@return a context for asking providers whether they can work here: makes nothing on disk}
   *
   * @param time the time that plugins see
   * @param dataDirectory where files would live; need not exist
   */
  public static HostContext forListing(TimeSource time, Path dataDirectory) {
    return new HostContext(time, dataDirectory);
  }

  @Override
  public String instanceName() {
    return "host";
  }

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public ExecutorService executor() {
    return executor(HostContext.class.getClassLoader());
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
    executors.values().forEach(ExecutorService::shutdownNow);
    try {
      for (var executor : executors.values()) {
        // What does not end at an interrupt ends with the process: virtual threads do not hold it.
        if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What one plugin gets: its name, and threads that have its class loader as context loader. */
  ProviderContext forPlugin(String instanceName, ClassLoader loader) {
    return new PluginContext(this, instanceName, executor(loader));
  }

  private ExecutorService executor(ClassLoader loader) {
    return executors.computeIfAbsent(
        loader,
        key ->
            Executors.newThreadPerTaskExecutor(
                task -> {
                  var thread = Thread.ofVirtual().unstarted(task);
                  thread.setContextClassLoader(loader);
                  return thread;
                }));
  }

  private static void createPrivate(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    try {
      var privately =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(directory, privately);
    } catch (UnsupportedOperationException notPosix) {
      Files.createDirectories(directory);
    }
  }

  private static ConfigException unusable(Path directory, String why) {
    return new ConfigException(
        List.of(
            "%s is '%s': %s; expected a directory of this process, see --%s"
                .formatted(
                    HostSettings.DATA_DIRECTORY, directory, why, HostSettings.DATA_DIRECTORY)));
  }

  private record PluginContext(HostContext host, String instanceName, ExecutorService executor)
      implements ProviderContext {
    @Override
    public TimeSource time() {
      return host.time;
    }

    @Override
    public SelfMetrics metrics() {
      return host.metrics;
    }

    @Override
    public SeriesRegistry series() {
      return host.series;
    }

    @Override
    public Path dataDirectory() {
      return host.dataDirectory;
    }
  }
}
