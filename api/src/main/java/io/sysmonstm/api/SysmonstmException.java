package io.sysmonstm.api;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The root of all exceptions that sysmonstm throws. Its message says what was tried, the offending
 * value, what was expected, and what to do; it is fit to be shown to a user, without stack, SQL or
 * path.
 */
public abstract class SysmonstmException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** The code that callers decide by. */
  private final ErrorCode code;

  /**
   * Creates an exception.
   *
   * @param code what callers decide by
   * @param message what was tried, with what value, what was expected, what to do
   * @param cause the cause, or null
   */
  protected SysmonstmException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** {@return the code that maps to gRPC and HTTP status} */
  public final ErrorCode code() {
    return code;
  }
}
