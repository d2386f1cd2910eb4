package io.sysmonstm.api;

import java.io.Serial;

/** Two plugins claim the same type of the same SPI; one of them has to be removed. */
public final class DuplicateProviderException extends SysmonstmException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates an exception with code {@link ErrorCode#FAILED_PRECONDITION}.
   *
   * @param message names the SPI, the type and both modules
   */
  public DuplicateProviderException(String message) {
    super(ErrorCode.FAILED_PRECONDITION, message, null);
  }
}
