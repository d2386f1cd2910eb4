package io.sysmonstm.transport.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;

/** How a client is told that there is no room now, as opposed to: that what it sent is too big. */
final class Overload {
  /** Milliseconds, with RESOURCE_EXHAUSTED: the same may be sent again, but no earlier. */
  static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("retry_after_ms", Metadata.ASCII_STRING_MARSHALLER);

  private static final Duration USUAL = Duration.ofSeconds(15);

  private Overload() {}

  static Metadata trailers() {
    return trailers(USUAL);
  }

  /** None where there is nothing to wait for. */
  static Metadata trailers(Duration retryAfter) {
    var trailers = new Metadata();
    if (!retryAfter.isZero()) {
      trailers.put(RETRY_AFTER, Long.toString(retryAfter.toMillis()));
    }
    return trailers;
  }

  /** The trailers of a stream that was refused before it began. */
  static Metadata refused(Status status) {
    return status.getCode() == Status.Code.RESOURCE_EXHAUSTED ? trailers() : new Metadata();
  }
}
