package io.sysmonstm.aggregator.core;

import io.sysmonstm.spi.EventLog;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The thread of {@link StatusWatch}. */
final class StatusLane {
  private static final EventLog LOG = EventLog.of(Aggregator.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final StatusWatch watch;
  private volatile boolean stopped;
  private @Nullable Thread thread;

  StatusLane(StatusWatch watch) {
    this.watch = watch;
  }

  void start() {
    thread = LaneThread.start("aggregator-status", this::run);
  }

  private void run() {
    while (!stopped && !Thread.currentThread().isInterrupted()) {
      try {
        watch.look();
      } catch (RuntimeException e) {
        LOG.error("status_watch_failed", "cannot tell which machines are silent", e);
      }
      LockSupport.parkNanos(PERIOD.toNanos());
    }
  }

  void close() {
    stopped = true;
    LaneThread.end(thread, Duration.ZERO);
  }
}
