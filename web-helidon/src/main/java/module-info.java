import org.jspecify.annotations.NullMarked;

/**
 * What the gateway and the edge relay share: an HTTP server with its limits, WebSocket viewers, and
 * the dashboard. Depend on it to serve the dashboard from a server of your own; {@link
 * io.sysmonstm.web.helidon.Dashboard} has its files.
 */
@NullMarked
@SuppressWarnings("module") // exports to the edge relay, which is built after this
module io.sysmonstm.web.helidon {
  requires io.helidon.common.task;
  requires transitive io.helidon.webserver;
  requires io.helidon.webserver.websocket;
  requires transitive io.sysmonstm.json;
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;

  exports io.sysmonstm.web.helidon;
  exports io.sysmonstm.web.helidon.internal.http to
      io.sysmonstm.edge.helidon,
      io.sysmonstm.gateway.helidon;
  exports io.sysmonstm.web.helidon.internal.net to
      io.sysmonstm.edge.helidon,
      io.sysmonstm.gateway.helidon;
}
