package io.sysmonstm.transport.grpc;

import io.grpc.Status;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.TlsFailure;
import java.util.Optional;

/** Our error codes as gRPC's, and back. */
final class Statuses {
  private Statuses() {}

  static Status of(SysmonstmException failure) {
    return code(failure.code()).toStatus().withDescription(failure.getMessage());
  }

  static SysmonstmException invalid(String problem) {
    return new RequestException(ErrorCode.INVALID_ARGUMENT, problem);
  }

  /** What a stream's end means to a collector; {@code tried} begins the message. */
  static SysmonstmException toException(Status status, String tried) {
    var cause = status.getCause();
    var detail =
        Optional.ofNullable(cause)
            .flatMap(TlsFailure::reason)
            .map("the server is not trusted, "::concat)
            .orElseGet(
                () ->
                    Optional.ofNullable(status.getDescription())
                        .orElse(status.getCode().toString()));
    var message = tried + ": " + detail;
    return new RequestException(errorCode(status.getCode()), message, status.getCause());
  }

  private static Status.Code code(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT -> Status.Code.INVALID_ARGUMENT;
      case NOT_FOUND -> Status.Code.NOT_FOUND;
      case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
      case PERMISSION_DENIED -> Status.Code.PERMISSION_DENIED;
      case RESOURCE_EXHAUSTED -> Status.Code.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Status.Code.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
      case FAILED_PRECONDITION -> Status.Code.FAILED_PRECONDITION;
      case INTERNAL -> Status.Code.INTERNAL;
    };
  }

  static ErrorCode errorCode(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> ErrorCode.INVALID_ARGUMENT;
      case NOT_FOUND -> ErrorCode.NOT_FOUND;
      case UNAUTHENTICATED -> ErrorCode.UNAUTHENTICATED;
      case PERMISSION_DENIED -> ErrorCode.PERMISSION_DENIED;
      case RESOURCE_EXHAUSTED -> ErrorCode.RESOURCE_EXHAUSTED;
      case DEADLINE_EXCEEDED -> ErrorCode.DEADLINE_EXCEEDED;
      // A reset without a status of ours: whoever was there is gone.
      case UNAVAILABLE, CANCELLED -> ErrorCode.UNAVAILABLE;
      // ABORTED: a newer instance of the machine has taken over. UNIMPLEMENTED: the peer is no
      // aggregator.
      case FAILED_PRECONDITION, ABORTED, ALREADY_EXISTS, UNIMPLEMENTED ->
          ErrorCode.FAILED_PRECONDITION;
      case OK, UNKNOWN, INTERNAL, DATA_LOSS -> ErrorCode.INTERNAL;
    };
  }
}
