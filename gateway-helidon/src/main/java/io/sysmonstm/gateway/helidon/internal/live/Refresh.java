package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Something that is asked of a part again and again, and never twice at one time, so that a part
 * that hangs costs one thread. {@link #tick} is called by one thread; the rest is thread-safe.
 */
final class Refresh {
  private static final EventLog LOG = EventLog.of(Refresh.class);
  private static final Duration HANGS_AFTER = Duration.ofSeconds(1);
  // A part that answers slowly is not kept busy all the time.
  private static final int REST = 3;
  private static final Duration LONGEST_REST = Duration.ofSeconds(5);

  private final String part;
  private final Runnable question;
  private final TimeSource time;
  private final ExecutorService executor;
  private volatile boolean running;
  private volatile boolean asked;
  private volatile long askedNanos;
  private volatile long tookNanos;
  private volatile @Nullable String problem;

  Refresh(String part, Runnable question, TimeSource time, ExecutorService executor) {
    this.part = part;
    this.question = question;
    this.time = time;
    this.executor = executor;
  }

  /** Asks, where that was not done for a period; does not wait for the answer. */
  void tick(Duration period) {
    long rest = Math.min(LONGEST_REST.toNanos(), REST * tookNanos);
    long age = time.nanoTime() - askedNanos;
    if (running || (asked && age < Math.max(period.toNanos(), rest))) {
      return;
    }
    begin();
    try {
      executor.execute(this::ask);
    } catch (RejectedExecutionException stopping) {
      running = false;
    }
  }

  /** Returns why there is no answer: the last one failed, or this one is long in coming. */
  Optional<String> problem() {
    if (running && time.nanoTime() - askedNanos > HANGS_AFTER.toNanos()) {
      return Optional.of("no answer within %d s".formatted(HANGS_AFTER.toSeconds()));
    }
    return Optional.ofNullable(problem);
  }

  /** Asks once, and waits for the answer; not while {@link #tick} may be called. */
  void now() {
    begin();
    ask();
  }

  private void begin() {
    asked = true;
    askedNanos = time.nanoTime();
    running = true;
  }

  private void ask() {
    try {
      question.run();
      if (problem != null) {
        LOG.info("live_refresh_recovered", "it answers again", "part", part);
      }
      problem = null;
    } catch (SysmonstmException e) {
      var message = String.valueOf(e.getMessage());
      if (problem == null) {
        LOG.warn("live_refresh_failed", "trying again", null, "part", part, "problem", message);
      }
      problem = message;
    } catch (RuntimeException e) {
      if (problem == null) {
        LOG.warn("live_refresh_failed", "could not be read; trying again", e, "part", part);
      }
      problem = "could not be read";
    } finally {
      tookNanos = time.nanoTime() - askedNanos;
      running = false;
    }
  }
}
