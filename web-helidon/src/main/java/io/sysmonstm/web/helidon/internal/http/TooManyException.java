package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.SysmonstmException;
import java.io.Serial;
import java.time.Duration;

/** Somebody did something too often, and may again after a while. */
public final class TooManyException extends SysmonstmException {
  @Serial private static final long serialVersionUID = 1L;

  /** How long until it is worth trying again. */
  private final Duration wait;

  /**
   * Creates an exception.
   *
   * @param what was done too often
   * @param wait how long until it is worth trying again
   */
  public TooManyException(String what, Duration wait) {
    super(
        ErrorCode.RESOURCE_EXHAUSTED, what + ": try again in %d s".formatted(seconds(wait)), null);
    this.wait = wait;
  }

  /** {@return after how many whole seconds to try again, 1 or more} */
  public long retryAfterSeconds() {
    return seconds(wait);
  }

  private static long seconds(Duration wait) {
    return Math.max(1, wait.plusNanos(999_999_999).toSeconds());
  }
}
