import org.jspecify.annotations.NullMarked;

/**
 * REST, WebSocket and the dashboard. Depend on it to serve the state, history and alerts of a fleet
 * from your own application; {@link io.sysmonstm.gateway.helidon.Gateway} is the entry.
 */
@NullMarked
@SuppressWarnings("requires-automatic") // the Prometheus client has no module descriptors
module io.sysmonstm.gateway.helidon {
  requires transitive io.sysmonstm.spi;
  requires de.siegmar.fastcsv;
  requires io.prometheus.metrics.config;
  requires io.prometheus.metrics.model;
  requires io.prometheus.writer.text;
  requires io.sysmonstm.json;
  requires java.net.http;
  requires io.sysmonstm.web.helidon;
  requires org.bouncycastle.provider;
  requires static org.jspecify;

  exports io.sysmonstm.gateway.helidon;
}
