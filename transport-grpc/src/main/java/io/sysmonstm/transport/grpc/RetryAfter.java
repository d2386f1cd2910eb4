package io.sysmonstm.transport.grpc;

import io.grpc.Metadata;
import java.time.Duration;
import java.util.Optional;

/** What a trailer says of when to try again. */
final class RetryAfter {
  private static final long GREATEST_MILLIS = Duration.ofDays(1).toMillis();

  private RetryAfter() {}

  /** The pause that a server asks for, empty where it asks for none or says it badly. */
  static Optional<Duration> in(Metadata trailers) {
    var text = trailers.get(Overload.RETRY_AFTER);
    if (text == null) {
      return Optional.empty();
    }
    try {
      long millis = Long.parseLong(text.strip());
      return millis > 0
          ? Optional.of(Duration.ofMillis(Math.min(millis, GREATEST_MILLIS)))
          : Optional.empty();
    } catch (NumberFormatException notAnumber) {
      return Optional.empty();
    }
  }
}
