package io.sysmonstm.api;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A store cannot be reached or does not answer in time; nothing was lost, and the call may be made
 * again.
 */
public final class StoreUnavailableException extends SysmonstmException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates an exception with code {@link ErrorCode#UNAVAILABLE}.
   *
   * @param message which store, what was tried, what to do
   * @param cause the cause, or null
   */
  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(ErrorCode.UNAVAILABLE, message, cause);
  }
}
