import org.jspecify.annotations.NullMarked;

/**
 * The roles of sysmonstm: reads the configuration, puts the parts together, and runs them. What a
 * role is made of is only in the images that run it; stores, buses and transports are found as
 * services.
 */
@NullMarked
@SuppressWarnings("requires-automatic") // grpc, protobuf and others have no module descriptor
module io.sysmonstm.distributions {
  requires info.picocli;
  requires static io.sysmonstm.aggregator.core;
  requires static io.sysmonstm.alerts.engine;
  requires static io.sysmonstm.collector.core;
  requires static io.sysmonstm.edge.helidon;
  requires static io.sysmonstm.gateway.helidon;
  requires static io.sysmonstm.identity;
  requires io.sysmonstm.plugin.host;
  requires static io.sysmonstm.tls;
  requires static io.sysmonstm.transport.grpc;
  requires static org.jspecify;
}
