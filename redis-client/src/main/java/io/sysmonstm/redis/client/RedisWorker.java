package io.sysmonstm.redis.client;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.SelfMetrics;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread that keeps one connection and works with it, one turn after the other. A server that
 * cannot be reached, or does not answer, is tried again for ever: at once, then after pauses that
 * grow to a second. Thread-safe.
 *
 * @param <C> the type of the connection
 */
public final class RedisWorker<C extends StatefulConnection<String, byte[]>>
    implements AutoCloseable {
  /**
   * What is done in a turn.
   *
   * @param <C> the type of the connection
   */
  @FunctionalInterface
  public interface Work<C> {
    /**
     * Waits a second at the most for something to do, does it, and asks the server something in any
     * case, so that a turn that ends well tells that the server works.
     *
     * @param connection an open connection, the same at each turn until one fails
     * @throws RedisException where the server fails
     * @throws InterruptedException where the worker is closed
     */
    void turn(C connection) throws InterruptedException;

    /**
     * Called once when the worker is closed while it is connected.
     *
     * @param connection an open connection
     * @throws RedisException where the server fails
     * @throws InterruptedException where the thread is interrupted
     */
    default void end(C connection) throws InterruptedException {}
  }

  /** How long a turn waits for something to do. */
  public static final Duration IDLE = Duration.ofMillis(250);

  private static final EventLog LOG = EventLog.of(RedisWorker.class);
  private static final long FIRST_PAUSE_MILLIS = 25;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

  private final String use;
  private final Supplier<C> connect;
  private final Work<C> work;
  private final LongAdder failures;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CountDownLatch tried = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable C connection;
  private volatile @Nullable String problem = "not connected to Redis yet";

  /**
   * Prepares a worker.
   *
   * @param use what it does, in logs and counters, for example {@code current}
   * @param metrics where failures are counted
   * @param connect makes a connection
   * @param work what is done with it
   */
  public RedisWorker(String use, SelfMetrics metrics, Supplier<C> connect, Work<C> work) {
    this.use = use;
    this.connect = connect;
    this.work = work;
    failures =
        metrics.counter(
            "redis_failures_total",
            "Times that Redis was not reached, did not answer in time or refused a command.",
            Labels.of("use", use));
    thread = Thread.ofVirtual().name("redis-" + use).unstarted(this::run);
  }

  /** Begins to connect and to work. */
  public void start() {
    thread.start();
  }

  /**
   * Waits until the first turn is over, well or not.
   *
   * @param patience how long at the most
   */
  public void awaitFirstTurn(Duration patience) {
    try {
      tried.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** {@return the connection, empty while there is none} */
  public Optional<C> connection() {
    var open = connection;
    return open != null && open.isOpen() ? Optional.of(open) : Optional.empty();
  }

  /** {@return whether the last turn ended well, from memory} */
  public Health health() {
    var failed = problem;
    return failed == null ? Health.ok() : Health.failing(failed);
  }

  /**
   * Ends the work after the present turn, and the connection; interrupts a turn that takes long.
   */
  @Override
  public void close() {
    closing.countDown();
    problem = "closed";
    if (Thread.currentThread().equals(thread)) {
      return;
    }
    try {
      if (!thread.join(CLOSE_PATIENCE)) {
        thread.interrupt();
        thread.join(CLOSE_PATIENCE);
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /** {@return whether it was told to end} */
  public boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void run() {
    long pauseMillis = 0;
    try {
      while (!closing.await(jittered(pauseMillis), TimeUnit.MILLISECONDS)) {
        pauseMillis = succeeds() ? 0 : nextPause(pauseMillis);
        tried.countDown();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end();
    }
  }

  private void end() {
    // A turn that had to be interrupted is over; what is left to say must not fail because of it.
    boolean interrupted = Thread.interrupted();
    try {
      var open = connection;
      if (open != null && open.isOpen()) {
        work.end(open);
      }
    } catch (RedisException lost) {
      failures.increment();
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      disconnect();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean succeeds() throws InterruptedException {
    try {
      var open = connection;
      if (open == null || !open.isOpen()) {
        open = connect.get();
        connection = open;
      }
      work.turn(open);
      recovered();
      return true;
    } catch (RedisException e) {
      if (!isClosing()) {
        failed(e);
      }
      return false;
    }
  }

  private void recovered() {
    if (problem != null && !isClosing()) {
      problem = null;
      LOG.info("redis_connected", "Redis works", "use", use);
    }
  }

  private void failed(RedisException failure) {
    failures.increment();
    if (RedisFailure.breaksConnection(failure)) {
      disconnect();
    }
    var now = RedisFailure.problem(failure);
    if (!now.equals(problem)) {
      problem = now;
      LOG.warn("redis_unavailable", now, null, "use", use, "reason", RedisFailure.reason(failure));
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // nothing depends on the end of the old one
  private void disconnect() {
    var open = connection;
    connection = null;
    if (open != null) {
      open.closeAsync();
    }
  }

  private static long nextPause(long pauseMillis) {
    return Math.clamp(pauseMillis * 2, FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS);
  }

  private static long jittered(long pauseMillis) {
    return pauseMillis == 0
        ? 0
        : ThreadLocalRandom.current().nextLong(pauseMillis / 2, pauseMillis + 1);
  }
}
