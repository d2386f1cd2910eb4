package io.sysmonstm.web.helidon.internal.net;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.sysmonstm.web.helidon.internal.http.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Answers what the HTTP server refuses by itself: requests it cannot read, bodies without end,
 * refused upgrades.
 */
final class Refusals implements DirectHandler {
  private static final int SERVICE_UNAVAILABLE = 503;

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType eventType,
      Status status,
      ServerResponseHeaders headers,
      @Nullable String message) {
    // Of the server's own messages some quote what the client sent; ours are the only ones that are
    // passed on.
    var detail = eventType == EventType.OTHER && message != null ? message : status.reasonPhrase();
    var answer = Problem.refused(status.code(), detail);
    RequestHandler.SECURITY_HEADERS.forEach(
        (name, value) -> headers.set(HeaderNames.create(name), value));
    answer.headers().forEach((name, value) -> headers.set(HeaderNames.create(name), value));
    if (status.code() == SERVICE_UNAVAILABLE) {
      headers.setIfAbsent(HeaderValues.create(HeaderNames.RETRY_AFTER, "1"));
    }
    return TransportResponse.builder()
        .status(status)
        .headers(headers)
        .entity(answer.body())
        .keepAlive(false)
        .build();
  }
}
