package io.sysmonstm.api;

/**
 * Why something was refused or failed; each maps to one gRPC status (same name) and one HTTP
 * status.
 */
public enum ErrorCode {
  /** The request itself is wrong; sending it again unchanged cannot help. */
  INVALID_ARGUMENT(400),
  /** What was asked for does not exist. */
  NOT_FOUND(404),
  /** No or wrong credentials. */
  UNAUTHENTICATED(401),
  /** The credentials do not allow this. */
  PERMISSION_DENIED(403),
  /** A limit or budget is used up; slow down and try again. */
  RESOURCE_EXHAUSTED(429),
  /** A part that is needed cannot be reached now; try again with back-off. */
  UNAVAILABLE(503),
  /** The answer did not come in time. */
  DEADLINE_EXCEEDED(504),
  /** Not possible in the present state; something else has to change first. */
  FAILED_PRECONDITION(409),
  /** A fault of sysmonstm itself. */
  INTERNAL(500);

  private final int httpStatus;

  ErrorCode(int httpStatus) {
    this.httpStatus = httpStatus;
  }

  /** {@return the HTTP status code, 400 to 599} */
  public int httpStatus() {
    return httpStatus;
  }
}
