import org.jspecify.annotations.NullMarked;

/** REST, WebSocket and the dashboard. */
@NullMarked
module io.sysmonstm.gateway.helidon {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;
}
