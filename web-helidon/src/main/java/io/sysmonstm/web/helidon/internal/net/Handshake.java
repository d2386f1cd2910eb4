package io.sysmonstm.web.helidon.internal.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.web.helidon.internal.http.Problem;
import io.sysmonstm.web.helidon.internal.http.Visitor;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A request to open a WebSocket. Confined to one thread. */
public final class Handshake {
  private static final HeaderName WWW_AUTHENTICATE = HeaderNames.create("WWW-Authenticate");

  private static final Set<String> PASSED_ON = Set.of("Retry-After", "WWW-Authenticate");

  private final ConnectionContext context;
  private final Headers headers;
  private final Visitor visitor;
  private final String head;

  Handshake(ConnectionContext context, Headers headers, Visitor visitor, String head) {
    this.context = context;
    this.headers = headers;
    this.visitor = visitor;
    this.head = head;
  }

  /**
   * {@return the first value of a header}
   *
   * @param name in any case
   */
  public Optional<String> header(String name) {
    return headers.first(HeaderNames.create(name));
  }

  /** {@return the address of the client, behind trusted proxies too} */
  public InetAddress client() {
    return InetAddress.ofLiteral(visitor.address());
  }

  /** {@return what it shows of who it is from} */
  public Visitor visitor() {
    return visitor;
  }

  /**
   * Answers that the WebSocket is open.
   *
   * @return its connection
   */
  public ConnectionContext accept() {
    context.dataWriter().writeNow(BufferData.create(head.getBytes(US_ASCII)));
    if (context instanceof TimedContext timed) {
      timed.upgraded();
    }
    return context;
  }

  /**
   * {@return what is thrown to refuse it for now}
   *
   * @param status 429 or 503
   * @param detail for people
   * @param retrySeconds when to try again
   */
  public static RuntimeException refusal(int status, String detail, int retrySeconds) {
    return refusal(Status.create(status), detail)
        .header(HeaderValues.create(HeaderNames.RETRY_AFTER, Integer.toString(retrySeconds)))
        .build();
  }

  /**
   * {@return what is thrown to refuse one that did not say who it is}
   *
   * @param detail for people
   */
  public static RuntimeException unauthenticated(String detail) {
    return refusal(Status.UNAUTHORIZED_401, detail)
        .header(HeaderValues.create(WWW_AUTHENTICATE, "Bearer"))
        .build();
  }

  /**
   * {@return what is thrown to refuse one for the reason that an exception tells}
   *
   * @param e why
   */
  static RuntimeException refusal(SysmonstmException e) {
    var refusal =
        refusal(
            Status.create(e.code().httpStatus()), Objects.requireNonNullElse(e.getMessage(), ""));
    var answer = Problem.of(e);
    answer.headers().entrySet().stream()
        .filter(header -> PASSED_ON.contains(header.getKey()))
        .forEach(header -> refusal.header(HeaderValues.create(header.getKey(), header.getValue())));
    return refusal.build();
  }

  static RequestException.Builder refusal(Status status, String detail) {
    return RequestException.builder()
        .type(EventType.OTHER)
        .status(status)
        .message(detail)
        .safeMessage(true)
        .setKeepAlive(false);
  }
}
