package io.sysmonstm.plugin.host;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.DuplicateProviderException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs a role: starts it, waits until it is told to stop or a part fails for good, stops it within
 * {@link #STOP_WITHIN}, and says which exit status that is. It never ends the process itself.
 * Thread-safe; runs once.
 */
public final class Host {
  /** The exit status after an orderly stop. */
  public static final int STATUS_OK = 0;

  /**
   * The exit status where the role failed to start or while it ran, or a part did not stop in time.
   */
  public static final int STATUS_FAILURE = 1;

  /** The exit status for bad configuration. */
  public static final int STATUS_BAD_CONFIGURATION = 2;

  /** How long a role may take from the signal to its end. */
  public static final Duration STOP_WITHIN = Duration.ofSeconds(10);

  private static final String INTERRUPTED = "interrupted";
  private static final EventLog LOG = EventLog.of(Host.class);
  private static final Duration START_GRACE = Duration.ofSeconds(1);
  private static final Duration PARTS_WITHIN = Duration.ofSeconds(8);

  /** Starts a role. */
  @FunctionalInterface
  public interface Start {
    /**
     * Starts the parts of the role in order and returns when all run. Interrupted where the role is
     * stopped before that.
     *
     * @param lifecycle each part is added to it when it has started
     * @throws Exception where a part cannot start; those that did are stopped
     */
    void start(Lifecycle lifecycle) throws Exception;
  }

  /** Why the role ends. */
  private record Ending(String reason, @Nullable Throwable failure, boolean started) {}

  private final String role;
  private final Lifecycle lifecycle;
  private final CompletableFuture<Ending> ending = new CompletableFuture<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * Creates a host that does not run yet.
   *
   * @param role the name of the role, for logs
   * @param time measures deadlines
   */
  public Host(String role, TimeSource time) {
    this.role = role;
    lifecycle = new Lifecycle(time);
  }

  /**
   * Lets SIGTERM and SIGINT stop the role; further ones change nothing. Where something else ends
   * the process, it waits until the role has stopped.
   *
   * @return this host
   */
  public Host stopOnSignals() {
    Signals.handle("TERM", this::stop);
    Signals.handle("INT", this::stop);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop " + role)
                .unstarted(
                    () -> {
                      stop("the process ends");
                      awaitEnd();
                    }));
    return this;
  }

  /**
   * Runs the role. Blocks until it has ended; an interrupt of the calling thread stops it too.
   *
   * @param start starts its parts, in a thread of its own
   * @return the exit status
   */
  public int run(Start start) {
    var starter = Thread.ofPlatform().name("start " + role).unstarted(() -> start(start));
    starter.start();
    boolean interrupted = false;
    try {
      var end = awaitEnding();
      interrupted = end.reason.equals(INTERRUPTED);
      log(end);
      starter.interrupt();
      interrupted |= !join(starter);
      boolean timely = stopParts();
      return status(end, timely);
    } finally {
      ended.countDown();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Stops the role, and returns at once. Does nothing where it is stopped already.
   *
   * @param reason for the log, for example the name of the signal
   */
  public void stop(String reason) {
    ending.complete(new Ending(reason, null, true));
  }

  /**
   * Stops the role since a part failed for good, and returns at once. Does nothing where it is
   * stopped already.
   *
   * @param cause what happened
   */
  public void fail(Throwable cause) {
    ending.complete(new Ending("failure", cause, true));
  }

  /**
   * {@return the exit status for something that was thrown}
   *
   * @param failure what was thrown
   */
  public static int status(Throwable failure) {
    return failure instanceof ConfigException || failure instanceof DuplicateProviderException
        ? STATUS_BAD_CONFIGURATION
        : STATUS_FAILURE;
  }

  private void start(Start start) {
    try {
      start.start(lifecycle);
      LOG.info("role_started", "%s has started".formatted(role), "role", role);
    } catch (Throwable e) {
      ending.complete(new Ending("failure", e, false));
    }
  }

  private Ending awaitEnding() {
    try {
      return ending.get();
    } catch (InterruptedException e) {
      return new Ending(INTERRUPTED, null, true);
    } catch (ExecutionException e) {
      throw new AssertionError("it is never completed so", e);
    }
  }

  private void log(Ending end) {
    var failure = end.failure;
    if (failure == null) {
      LOG.info("role_stopping", "%s stops".formatted(role), "role", role, "reason", end.reason);
    } else if (status(failure) == STATUS_BAD_CONFIGURATION) {
      LOG.error("bad_configuration", String.valueOf(failure.getMessage()), null, "role", role);
    } else if (end.started) {
      LOG.error("role_failed", "%s stops: a part failed".formatted(role), failure, "role", role);
    } else {
      LOG.error("start_failed", "%s could not start".formatted(role), failure, "role", role);
    }
  }

  /**
   * Whether it was not interrupted itself; where the starter goes on, what it adds is closed at
   * once.
   */
  private static boolean join(Thread starter) {
    try {
      starter.join(START_GRACE);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private boolean stopParts() {
    var failures = lifecycle.stop(PARTS_WITHIN);
    if (failures.isEmpty()) {
      LOG.info("role_stopped", "%s has stopped".formatted(role), "role", role);
      return true;
    }
    LOG.warn(
        "stop_failed",
        "%s has stopped, but not all of its parts did so well".formatted(role),
        failures.getFirst().cause(),
        "role",
        role,
        "parts",
        failures.stream().map(StopFailure::part).toList());
    return failures.stream().noneMatch(failure -> failure.cause() instanceof TimeoutException);
  }

  private static int status(Ending end, boolean timely) {
    if (end.failure != null) {
      return status(end.failure);
    }
    return timely ? STATUS_OK : STATUS_FAILURE;
  }

  private void awaitEnd() {
    try {
      // The deadlines of the parts keep it below this; the process must end in any case.
      boolean inTime = ended.await(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      if (!inTime) {
        LOG.error("stop_overdue", "%s did not stop in time".formatted(role), null, "role", role);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
