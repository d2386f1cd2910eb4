package io.sysmonstm.api;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A request or stream that was refused, or that failed, for the reason its code tells. */
public final class RequestException extends SysmonstmException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates an exception without a cause.
   *
   * @param code why
   * @param message what was tried, with what value, what was expected, what to do
   */
  public RequestException(ErrorCode code, String message) {
    this(code, message, null);
  }

  /**
   * Creates an exception.
   *
   * @param code why
   * @param message what was tried, with what value, what was expected, what to do
   * @param cause the cause, or null
   */
  public RequestException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
