package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Answers that tell what went wrong, as RFC 9457 describes them; never with a stack, SQL or a path.
 */
public final class Problem {
  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          Map.entry(400, "Bad request"),
          Map.entry(401, "Not authenticated"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not found"),
          Map.entry(405, "Method not allowed"),
          Map.entry(409, "Not possible now"),
          Map.entry(413, "Body too large"),
          Map.entry(426, "Upgrade required"),
          Map.entry(429, "Too many requests"),
          Map.entry(500, "Internal error"),
          Map.entry(503, "Not available now"),
          Map.entry(504, "No answer in time"),
          Map.entry(505, "HTTP version not supported"));
  private static final String RETRY_AFTER = "Retry-After";
  private static final String AUTHENTICATE = "WWW-Authenticate";

  private Problem() {}

  /**
   * {@return the answer to what an exception tells}
   *
   * @param e what went wrong
   */
  public static Answer of(SysmonstmException e) {
    var problems = e instanceof ConfigException config ? config.problems() : List.<String>of();
    var detail = Objects.requireNonNullElse(e.getMessage(), "");
    var answer = of(e.code().httpStatus(), e.code(), detail, problems);
    return switch (e.code()) {
      case RESOURCE_EXHAUSTED ->
          answer.with(
              RETRY_AFTER,
              e instanceof TooManyException tooMany
                  ? Long.toString(tooMany.retryAfterSeconds())
                  : "1");
      case UNAVAILABLE -> answer.with(RETRY_AFTER, "1");
      case UNAUTHENTICATED -> answer.with(AUTHENTICATE, "Bearer realm=\"sysmonstm\"");
      case INVALID_ARGUMENT,
          NOT_FOUND,
          PERMISSION_DENIED,
          DEADLINE_EXCEEDED,
          FAILED_PRECONDITION,
          INTERNAL ->
          answer;
    };
  }

  /**
   * {@return an answer with a status that no error code stands for}
   *
   * @param status an error status
   * @param code the code that is nearest
   * @param detail for people
   */
  public static Answer of(int status, ErrorCode code, String detail) {
    return of(status, code, detail, List.of());
  }

  /**
   * {@return an answer to a request that the HTTP server refused before any call saw it}
   *
   * @param status an error status
   * @param detail for people
   */
  public static Answer refused(int status, String detail) {
    var code =
        switch (status) {
          case 401 -> ErrorCode.UNAUTHENTICATED;
          case 403 -> ErrorCode.PERMISSION_DENIED;
          case 404 -> ErrorCode.NOT_FOUND;
          case 409 -> ErrorCode.FAILED_PRECONDITION;
          case 429 -> ErrorCode.RESOURCE_EXHAUSTED;
          case 503 -> ErrorCode.UNAVAILABLE;
          case 505 -> ErrorCode.INVALID_ARGUMENT;
          default -> status < 500 ? ErrorCode.INVALID_ARGUMENT : ErrorCode.INTERNAL;
        };
    return of(status, code, detail, List.of());
  }

  /** {@return the answer to a plain request where WebSockets are opened} */
  public static Answer upgradeRequired() {
    return of(426, ErrorCode.FAILED_PRECONDITION, "expected a WebSocket handshake of version 13")
        .with("Upgrade", "websocket")
        .with("Sec-WebSocket-Version", "13");
  }

  private static Answer of(int status, ErrorCode code, String detail, List<String> problems) {
    var body =
        Json.object(
            json -> {
              json.writeStringProperty("type", "about:blank");
              json.writeStringProperty("title", TITLES.getOrDefault(status, "Error"));
              json.writeNumberProperty("status", status);
              json.writeStringProperty("detail", detail);
              json.writeStringProperty("code", code.name());
              if (!problems.isEmpty()) {
                json.writeName("problems");
                Json.value(json, problems);
              }
            });
    return Answer.of(status, "application/problem+json", body).with("Cache-Control", "no-store");
  }
}
