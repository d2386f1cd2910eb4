package io.sysmonstm.spi;

import io.sysmonstm.api.SeriesRegistry;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;

/** What the host hands to a provider, instead of statics. Thread-safe. */
public interface ProviderContext {
  /** {@return the name of the instance that is made, the type where there is but one} */
  String instanceName();

  /** {@return the time} */
  TimeSource time();

  /**
   * {@return the executor for all work that may block; each task gets a virtual thread} Owned by
   * the host.
   */
  ExecutorService executor();

  /** {@return where the plugin counts what it does} */
  SelfMetrics metrics();

  /** {@return the interned series of this process} */
  SeriesRegistry series();

  /** {@return the directory for files that must outlive the process; exists and is writable} */
  Path dataDirectory();
}
