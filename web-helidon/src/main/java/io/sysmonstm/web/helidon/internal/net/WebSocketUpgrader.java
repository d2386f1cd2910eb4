package io.sysmonstm.web.helidon.internal.net;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.websocket.WsConfig;
import io.helidon.webserver.websocket.WsUpgrader;
import io.sysmonstm.web.helidon.internal.http.HostGuard;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Hands requests for a WebSocket to the endpoint of their path, or refuses them. */
final class WebSocketUpgrader extends WsUpgrader {
  private final Map<String, WebSocketEndpoint> endpoints;
  private final HostGuard guard;
  private final ClientAddress addresses;
  private final boolean tls;

  WebSocketUpgrader(
      List<WebSocketEndpoint> endpoints, HostGuard guard, ClientAddress addresses, boolean tls) {
    super(WsConfig.create());
    this.endpoints =
        endpoints.stream().collect(Collectors.toMap(WebSocketEndpoint::path, Function.identity()));
    this.guard = guard;
    this.addresses = addresses;
    this.tls = tls;
  }

  @Override
  public @Nullable ServerConnection upgrade(
      ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
    var endpoint = endpoints.get(prologue.uriPath().path());
    if (endpoint == null || !prologue.method().equals(Method.GET)) {
      return null;
    }
    var local = context.localPeer().host();
    var visitor =
        addresses.visitor(prologue.method().text(), headers, context.remotePeer().host(), tls);
    guard
        .problem(
            headers.first(HeaderNames.HOST),
            headers.first(HeaderNames.ORIGIN),
            local,
            visitor.secure(),
            true)
        .ifPresent(
            problem -> {
              throw Handshake.refusal(Status.FORBIDDEN_403, problem).build();
            });
    var key = headers.first(WS_KEY).orElse("");
    if (key.isEmpty() || !headers.first(WS_VERSION).orElse("").equals(SUPPORTED_VERSION)) {
      throw Handshake.refusal(
              Status.UPGRADE_REQUIRED_426, "expected a WebSocket handshake of version 13")
          .header(SUPPORTED_VERSION_HEADER)
          .header(HeaderValues.create(HeaderNames.UPGRADE, "websocket"))
          .build();
    }
    var head = SWITCHING_PROTOCOL_PREFIX + accept(context, key) + SWITCHING_PROTOCOLS_SUFFIX;
    return endpoint.open(new Handshake(context, headers, visitor, head));
  }

  private String accept(ConnectionContext context, String key) {
    try {
      return hash(context, key);
    } catch (IllegalArgumentException notBase64) {
      throw Handshake.refusal(
              Status.BAD_REQUEST_400, "Sec-WebSocket-Key is not valid: expected 16 bytes in Base64")
          .build();
    }
  }
}
