package io.sysmonstm.collector.core;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.SysmonstmException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** When to try again after a stream has ended. Confined to one thread. */
final class Retry {
  /**
   * The interval where trying more often cannot help: credentials, a machine id in use, a bad
   * hello.
   */
  static final long REFUSED_NANOS = Duration.ofSeconds(60).toNanos();

  private final Backoff backoff;

  Retry(RandomGenerator random) {
    this.backoff = new Backoff(random);
  }

  /** The time to wait after an end. */
  long afterNanos(Optional<SysmonstmException> cause, boolean wasWelcomed) {
    return isRefusal(cause, wasWelcomed) ? REFUSED_NANOS : backoff.nextNanos();
  }

  /** Begins with short times again, because a stream has proved to work. */
  void worked() {
    backoff.reset();
  }

  /** Whether somebody has to mend something first. */
  static boolean isRefusal(Optional<SysmonstmException> cause, boolean wasWelcomed) {
    return cause.isPresent()
        && switch (cause.get().code()) {
          case UNAUTHENTICATED, PERMISSION_DENIED, FAILED_PRECONDITION -> true;
          case INVALID_ARGUMENT, NOT_FOUND -> !wasWelcomed;
          case RESOURCE_EXHAUSTED, UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL -> false;
        };
  }

  /**
   * Whether another process has taken over: nothing else ends a stream like this once it is open.
   */
  static boolean isFenced(Optional<SysmonstmException> cause, boolean wasWelcomed) {
    return wasWelcomed
        && cause.filter(known -> known.code() == ErrorCode.FAILED_PRECONDITION).isPresent();
  }

  /**
   * Whether the server found a batch malformed, or too large: with an exhausted resource it says
   * when to try again, unless trying again is of no use.
   */
  static boolean isBadBatch(
      Optional<SysmonstmException> cause, boolean wasWelcomed, Duration retryAfter) {
    return wasWelcomed
        && cause.isPresent()
        && switch (cause.get().code()) {
          case INVALID_ARGUMENT -> true;
          case RESOURCE_EXHAUSTED -> retryAfter.isZero();
          case UNAUTHENTICATED,
              PERMISSION_DENIED,
              FAILED_PRECONDITION,
              NOT_FOUND,
              UNAVAILABLE,
              DEADLINE_EXCEEDED,
              INTERNAL ->
              false;
        };
  }
}
