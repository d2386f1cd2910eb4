package io.sysmonstm.gateway.helidon.internal.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.websocket.WsConfig;
import io.helidon.webserver.websocket.WsUpgrader;
import io.sysmonstm.gateway.helidon.internal.http.HostGuard;
import org.jspecify.annotations.Nullable;

/** Turns a request for {@code /ws} into a {@link ViewerConnection}, or refuses it. */
final class ViewerUpgrader extends WsUpgrader {
  private final Viewers viewers;
  private final HostGuard guard;

  ViewerUpgrader(Viewers viewers, HostGuard guard) {
    super(WsConfig.create());
    this.viewers = viewers;
    this.guard = guard;
  }

  @Override
  public @Nullable ServerConnection upgrade(
      ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
    if (!prologue.uriPath().path().equals("/ws") || !prologue.method().equals(Method.GET)) {
      return null;
    }
    var local = context.localPeer().host();
    guard
        .problem(headers.first(HeaderNames.HOST), headers.first(HeaderNames.ORIGIN), local, true)
        .ifPresent(
            problem -> {
              throw refusal(Status.FORBIDDEN_403, problem).build();
            });
    var key = headers.first(WS_KEY).orElse("");
    if (key.isEmpty() || !headers.first(WS_VERSION).orElse("").equals(SUPPORTED_VERSION)) {
      throw refusal(Status.UPGRADE_REQUIRED_426, "expected a WebSocket handshake of version 13")
          .header(SUPPORTED_VERSION_HEADER)
          .header(HeaderValues.create(HeaderNames.UPGRADE, "websocket"))
          .build();
    }
    return open(context, accept(context, key));
  }

  private String accept(ConnectionContext context, String key) {
    try {
      return hash(context, key);
    } catch (IllegalArgumentException notBase64) {
      throw refusal(
              Status.BAD_REQUEST_400, "Sec-WebSocket-Key is not valid: expected 16 bytes in Base64")
          .build();
    }
  }

  private ServerConnection open(ConnectionContext context, String accept) {
    if (!viewers.admit()) {
      throw refusal(Status.SERVICE_UNAVAILABLE_503, "too many viewers: try again later")
          .header(HeaderValues.create(HeaderNames.RETRY_AFTER, "10"))
          .build();
    }
    boolean opened = false;
    try {
      if (context instanceof TimedContext timed) {
        timed.upgraded();
      }
      var head = SWITCHING_PROTOCOL_PREFIX + accept + SWITCHING_PROTOCOLS_SUFFIX;
      context.dataWriter().writeNow(BufferData.create(head.getBytes(US_ASCII)));
      opened = true;
      return new ViewerConnection(context, viewers);
    } finally {
      if (!opened) {
        viewers.release();
      }
    }
  }

  private static RequestException.Builder refusal(Status status, String detail) {
    return RequestException.builder()
        .type(EventType.OTHER)
        .status(status)
        .message(detail)
        .safeMessage(true)
        .setKeepAlive(false);
  }
}
