package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a role that run. Each is added when it has started, and all are stopped in reverse
 * order, so that a part never outlives what it uses. A part that fails to stop or takes too long
 * does not keep the others from stopping. Thread-safe.
 */
public final class Lifecycle {
  private static final Duration LEAST = Duration.ofMillis(100);
  private static final Duration RESERVE = Duration.ofMillis(500);

  /** How a part is stopped. */
  @FunctionalInterface
  public interface Stop {
    /**
     * Stops the part; interrupted where it takes too long.
     *
     * @throws Exception where it cannot be stopped well
     */
    void stop() throws Exception;
  }

  private record Part(String name, Stop stop) {}

  private final TimeSource time;
  private final Deque<Part> parts = new ArrayDeque<>();
  private boolean stopping;

  /**
   * Creates a lifecycle without parts.
   *
   * @param time measures the deadline
   */
  public Lifecycle(TimeSource time) {
    this.time = time;
  }

  /**
   * Adds a part, which is closed at the end.
   *
   * @param <T> its type
   * @param name for logs
   * @param part a part that has started
   * @return the part
   * @throws CancellationException where the role is being stopped already; the part is closed then
   */
  public <T extends AutoCloseable> T own(String name, T part) {
    onStop(name, part::close);
    return part;
  }

  /**
   * Adds what is to be done at the end.
   *
   * @param name for logs
   * @param stop what is to be done
   * @throws CancellationException where the role is being stopped already; it is done at once then
   */
  public void onStop(String name, Stop stop) {
    synchronized (this) {
      if (!stopping) {
        parts.push(new Part(name, stop));
        return;
      }
    }
    var late = new CancellationException("%s started while the role was stopping".formatted(name));
    try {
      stop.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      late.addSuppressed(e);
    }
    throw late;
  }

  /**
   * Stops all parts, the newest first. A second call finds nothing left to stop. Blocks, hardly
   * longer than the deadline.
   *
   * @param deadline for all parts together; one that needs more than its share is interrupted and
   *     left behind
   * @return what did not stop as it should, in the order of stopping
   */
  public List<StopFailure> stop(Duration deadline) {
    var pending = new ArrayDeque<Part>();
    synchronized (this) {
      stopping = true;
      pending.addAll(parts);
      parts.clear();
    }
    long end = time.nanoTime() + deadline.toNanos();
    var failures = new ArrayList<StopFailure>();
    while (!pending.isEmpty()) {
      var part = pending.pop();
      var cause = stop(part, share(Duration.ofNanos(end - time.nanoTime()), pending.size()));
      if (cause != null) {
        failures.add(new StopFailure(part.name, cause));
      }
    }
    return failures;
  }

  /** All that is left but a reserve for each part behind it. */
  private static Duration share(Duration left, int behind) {
    var half = left.dividedBy(2);
    var reserve = RESERVE.multipliedBy(behind);
    var share = left.minus(reserve.compareTo(half) < 0 ? reserve : half);
    return share.compareTo(LEAST) < 0 ? LEAST : share;
  }

  private static @Nullable Throwable stop(Part part, Duration limit) {
    var done = new CompletableFuture<@Nullable Void>();
    // A platform thread: what a part does in native code must not hold up other virtual threads.
    var thread =
        Thread.ofPlatform()
            .daemon()
            .name("stop " + part.name)
            .start(
                () -> {
                  try {
                    part.stop.stop();
                    done.complete(null);
                  } catch (Throwable e) {
                    done.completeExceptionally(e);
                  }
                });
    try {
      done.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return null;
    } catch (TimeoutException e) {
      thread.interrupt();
      return new TimeoutException("not within %d ms".formatted(limit.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      thread.interrupt();
      return e;
    } catch (ExecutionException e) {
      return e.getCause() == null ? e : e.getCause();
    }
  }
}
