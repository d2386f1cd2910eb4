package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.SelfMetrics;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One of the places that batches go to, as seen from here: what it says of itself, and how the last
 * call went. Thread-safe.
 */
final class Part {
  private static final EventLog LOG = EventLog.of(Aggregator.class);

  // One that is slow rather than away would come and go in the log with each call.
  private static final long RECOVERED_MILLIS = 5_000;

  private final String name;
  private final Supplier<Health> own;
  private final LongAdder failures;
  private final LongAdder degradedMillis;
  private volatile @Nullable String problem;
  // Both confined to the thread that observes.
  private boolean wasOk = true;
  private long okMillis;

  Part(String name, Supplier<Health> own, SelfMetrics metrics) {
    this.name = name;
    this.own = own;
    var labels = Labels.of("part", name);
    this.failures =
        metrics.counter(
            "aggregator_part_failures_total", "Calls of a store or bus that failed.", labels);
    this.degradedMillis =
        metrics.counter(
            "aggregator_degraded_milliseconds_total", "Time a part did not work.", labels);
  }

  String name() {
    return name;
  }

  void worked() {
    if (problem != null) {
      problem = null;
    }
  }

  void failed(Throwable cause) {
    failures.increment();
    problem =
        cause instanceof SysmonstmException fit
            ? fit.getMessage()
            : cause.getClass().getSimpleName();
    LOG.warn(name + "_failed", "a part failed; the others go on", cause, "part", name);
  }

  void stalled(String what) {
    if (problem == null) {
      problem = what;
    }
  }

  /**
   * Logs the changes and counts the time that it does not work; called from one thread, now and
   * then.
   */
  void observe(long elapsedMillis) {
    var health = health();
    if (!health.isOk()) {
      degradedMillis.add(elapsedMillis);
      okMillis = 0;
      if (wasOk) {
        wasOk = false;
        LOG.warn(name + "_degraded", health.problem().orElse(""), null, "part", name);
      }
    } else if (!wasOk) {
      okMillis += elapsedMillis;
      if (okMillis >= RECOVERED_MILLIS) {
        wasOk = true;
        LOG.info("part_recovered", "a part works again", "part", name);
      }
    }
  }

  Health health() {
    var seen = problem;
    if (seen != null) {
      return Health.failing(seen);
    }
    try {
      return own.get();
    } catch (RuntimeException e) {
      return Health.failing("health check failed: " + e.getClass().getSimpleName());
    }
  }
}
