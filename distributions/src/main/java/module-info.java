import org.jspecify.annotations.NullMarked;

/** The roles of sysmonstm: reads the configuration, puts the parts together, and runs them. */
@NullMarked
@SuppressWarnings("requires-automatic") // grpc, protobuf and others have no module descriptor
module io.sysmonstm.distributions {
  requires info.picocli;
  requires io.sysmonstm.aggregator.core;
  requires io.sysmonstm.alerts.engine;
  requires io.sysmonstm.collector.core;
  requires io.sysmonstm.events.local;
  requires io.sysmonstm.gateway.helidon;
  requires io.sysmonstm.plugin.host;
  requires io.sysmonstm.store.embedded;
  requires io.sysmonstm.transport.grpc;
  requires static org.jspecify;
}
