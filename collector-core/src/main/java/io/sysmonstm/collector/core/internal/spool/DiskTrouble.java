package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import java.nio.file.FileSystemException;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Whether the disk of a spool takes batches, and who is told where it does not. Thread-safe. */
final class DiskTrouble {
  private static final EventLog LOG = EventLog.of(DiskSpool.class);

  private final LongAdder failures;
  private volatile Optional<String> problem = Optional.empty();

  DiskTrouble(SelfMetrics metrics) {
    this.failures =
        metrics.counter("collector_spool_failures_total", "Attempts to use the disk that failed.");
  }

  void failed(String event, Exception why) {
    failures.increment();
    problem = Optional.of("the disk takes no batches, they wait in memory: " + shown(why));
    LOG.warn(event, "The disk takes no batches; they are kept in memory for now.", why);
  }

  /** What is wrong, without the path, which the log has. */
  private static String shown(Exception why) {
    var reason = why instanceof FileSystemException known ? known.getReason() : why.getMessage();
    return reason == null ? why.getClass().getSimpleName() : reason;
  }

  /** Says that a batch was written. */
  void worked() {
    if (problem.isPresent()) {
      problem = Optional.empty();
      LOG.info("spool_disk_back", "The disk takes batches again.");
    }
  }

  Optional<String> problem() {
    return problem;
  }
}
